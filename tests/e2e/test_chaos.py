"""The chaos run in short, and what it finds where a handler has lost the condition that keeps it right."""

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local_cloud import LocalCloud
from local_cloud.chaos.faults import UNKNOWN
from local_cloud.chaos.plan import Plan
from local_cloud.chaos.report import print_report
from local_cloud.chaos.results import Ran
from local_cloud.chaos.rules import FUNCTIONS, IDENTITY
from local_cloud.chaos.run import run
from local_cloud.chaos.site import SETTINGS, Site

pytestmark = pytest.mark.timeout(600)

_AT_ONCE = 6
_HURRY = {**SETTINGS, "LOCAL_CLOUD_WAIT_SCALE": "0.1"}
"""Nothing is down for long in a short run, so that nothing has to be waited out."""
_CONDITION = '"ConditionExpression": "attribute_not_exists(order_id)"'
_NO_CONDITION = '"ConditionExpression": "attribute_not_exists(order_id) OR attribute_exists(order_id)"'


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chaos")


@pytest.fixture(scope="module")
def site(scratch: Path, both_cores: None) -> Iterator[Site]:  # noqa: ARG001 - it is held meanwhile
    with LocalCloud(settings=_HURRY) as cloud:
        yield Site.deploy(cloud, scratch)


def printed(ran: Ran) -> str:
    console = Console(file=io.StringIO(), width=140, highlight=False)
    print_report(console, [ran])
    said = console.file
    assert isinstance(said, io.StringIO)
    return said.getvalue()


def test_whatever_goes_wrong_every_order_and_file_comes_to_its_end(site: Site) -> None:
    ran = run(site, Plan.make(1, orders=20, files=6), at_once=_AT_ONCE)

    said = printed(ran)
    assert ran.ledger.holds, said
    outcomes = ran.ledger.outcomes
    assert outcomes["order, good"]["completed"] > 8, said
    assert set(outcomes["order, out of stock"]) == {"cancelled"}
    assert set(outcomes["file, good"]) == {"processed"}
    assert set(outcomes["poison"]) == {"parked"}
    happened = ran.ledger.by_fault
    assert {"poison", "topic gone", "process killed", "error", "crash_before", "throttle"} <= set(happened), (
        said
    )
    assert UNKNOWN not in {entry.subject for entry in ran.ledger.entries}
    assert any("redriven" in each.outcomes for each in ran.redriven), said
    assert "✗" not in said


def test_a_handler_that_has_lost_its_condition_is_found_and_the_orders_are_named(
    site: Site, scratch: Path
) -> None:
    _without_condition(site, scratch)
    rule: Mapping[str, Any] = {
        "function": FUNCTIONS["update_inventory"],
        "kind": "crash_during",
        "operation": "dynamodb.TransactWriteItems",
        "probability": 0.6,
        "attempts": [1],
        "identity": list(IDENTITY["update_inventory"]),
    }
    plan = Plan.make(2, orders=12, files=1)
    ran = run(
        site,
        replace(plan, rules=[rule], outages=[], poison=[], kills=[], topic_gone=None),
        at_once=_AT_ONCE,
    )

    said = printed(ran)
    broken = {claim.text: claim.breaches for claim in ran.ledger.claims if not claim.holds}
    claim = "what is left and what is reserved is the stock of the beginning"
    assert claim in broken, said
    articles = {subject for subject, _ in broken[claim] if subject.startswith("ARTICLE-")}
    orders = {subject for subject, _ in broken[claim]} - articles
    assert articles
    assert orders
    for order_id in orders:
        assert [fault.kind for fault in ran.ledger.history(order_id)].count("crash_during") >= 1
    assert any(f"{order_id} something went wrong" in said for order_id in orders)
    assert "update_inventory crash_during, attempt 1" in said


def _without_condition(site: Site, scratch: Path) -> None:
    """Let update_inventory reserve again what it has reserved: a mistake that only a lost answer shows."""
    (source,) = {
        path.parent.parent for path in (scratch / "cdk.out").glob("asset.*/update_inventory/data.py")
    }
    code = shutil.copytree(source, scratch / "without_condition")
    data = code / "update_inventory" / "data.py"
    text = data.read_text()
    assert text.count(_CONDITION) == 1
    data.write_text(text.replace(_CONDITION, _NO_CONDITION))
    archive = shutil.make_archive(str(scratch / "without_condition"), "zip", code)
    assert zipfile.is_zipfile(archive)
    client, name = site.cloud.client("lambda"), site.function("update_inventory")
    published = client.update_function_code(
        FunctionName=name, ZipFile=Path(archive).read_bytes(), Publish=True
    )
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=published["Version"])
