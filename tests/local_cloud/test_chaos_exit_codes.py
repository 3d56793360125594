"""The exit code and the printed ledger say whether everything held, and what did not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest

from local_cloud.chaos import cli
from local_cloud.chaos.facts import Facts
from local_cloud.chaos.faults import Fault
from local_cloud.chaos.ledger import Ledger
from local_cloud.chaos.orders import OrderKind, PlannedOrder
from local_cloud.chaos.plan import Plan
from local_cloud.chaos.results import Ran
from local_cloud.chaos.settling import Redriven
from local_cloud.chaos.traffic import Placed
from local_cloud.server import LocalCloudError

ORDER = PlannedOrder(
    key="chaos-1-0-00000",
    kind=OrderKind.SHORT,
    body={"items": [{"sku": "TEA", "quantity": 1, "unit_price": "4.00"}]},
)
CANCELLED = Facts(
    placed=[Placed(order=ORDER, order_ids={"order-1"}, attempts=1)],
    orders={"order-1": {"status": "cancelled"}},
    faults=[Fault(time=1.0, kind="time_out", handler="track_order", subject="order-1", attempt=2)],
)
STUCK = replace(CANCELLED, orders={"order-1": {"status": "processing"}})


class _Site:
    """Stands in for what would be deployed."""

    @classmethod
    def deploy(cls, *_: object) -> "_Site":
        return cls()


class _Cloud:
    """Stands in for the local cloud."""

    def __init__(self, **_: object) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def ran(plan: Plan, facts: Facts) -> Ran:
    return Ran(
        seed=plan.seed,
        orders=len(plan.orders),
        files=len(plan.files),
        ledger=Ledger.of(facts),
        redriven=[
            Redriven(queue="dead-letters", outcomes={"parked": 1}),
            Redriven(queue="other", outcomes={}),
        ],
        queues={"dead-letters": 1},
        seconds={"traffic": 2.0, "rest": 1.0},
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Facts | Exception]:
    """What the next runs find."""
    results: list[Facts | Exception] = []

    def run(_: object, plan: Plan, *, at_once: int) -> Ran:
        assert at_once == 8
        facts = results.pop(0)
        if isinstance(facts, Exception):
            raise facts
        return ran(plan, facts)

    monkeypatch.setattr(cli, "LocalCloud", _Cloud)
    monkeypatch.setattr(cli, "Site", _Site)
    monkeypatch.setattr(cli, "run", run)
    return results


def main(*arguments: str) -> int:
    return cli.main(["--orders=2", "--files=1", *arguments])


def test_it_is_0_when_every_claim_holds_and_all_figures_are_written(
    found: list[Facts | Exception], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found += [CANCELLED, CANCELLED]
    file = tmp_path / "figures.json"

    assert main("--seed=5", "--seeds=2", f"--json={file}") == 0

    said: dict[str, Any] = json.loads(file.read_text())
    assert said["held"] is True
    assert [run["seed"] for run in said["runs"]] == [5, 6]
    assert said["runs"][0]["outcomes"] == {"order, out of stock": {"cancelled": 1}}
    assert said["runs"][0]["faults"] == {"time_out": {"cancelled": 1}}
    assert said["runs"][0]["redriven"] == [{"queue": "dead-letters", "outcomes": {"parked": 1}, "error": ""}]
    printed = capsys.readouterr().out
    assert "seed 6: 2 orders, 1 files, 1 faults, 3 s: 17 claims hold" in printed
    assert "✗" not in printed


def test_it_is_1_when_a_claim_is_broken_and_the_order_is_printed_with_its_history(
    found: list[Facts | Exception], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found += [CANCELLED, STUCK]
    file = tmp_path / "figures.json"

    assert main("--seeds=2", f"--json={file}") == 1

    said = json.loads(file.read_text())
    assert said["held"] is False
    claim = "each order is completed, cancelled or parked where an alarm rang"
    assert said["runs"][1]["claims"][claim] == [["order-1", "it is processing"]]
    assert said["runs"][1]["histories"] == {"order-1": ["track_order time_out 2"]}
    printed = capsys.readouterr().out
    assert f"✗ {claim}" in printed
    assert f"seed 2: {claim}: order-1 it is processing" in printed
    assert "1.00 track_order time_out, attempt 2" in printed


@pytest.mark.parametrize("error", [LocalCloudError("no cloud"), TimeoutError("too late")])
def test_it_is_1_when_it_could_not_run(
    found: list[Facts | Exception], error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    found.append(error)

    assert main() == 1
    assert f"The chaos run failed: {error}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--orders=0"], ["--seeds=-1"], ["--files=many"]])
def test_it_is_2_for_what_cannot_be_asked_for(arguments: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([*arguments])
    assert stopped.value.code == 2
