"""What docs/replay.md and the README say of the code is so."""

import re
from typing import Any
from zlib import crc32

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib import replay
from constructs_lib.replay import Shape, Target, assumptions
from constructs_lib.replay.assumptions import Assumption
from constructs_lib.replay.expressions.assumptions import ALARM_RULES, METRIC_MATH
from constructs_lib.replay.expressions.functions.table import REFUSED
from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.template.cdk_source import source_of
from tests.stacks.test_order_service_replay import INCIDENTS
from tests.synthesis import ROOT

PAGE = (ROOT / "docs/replay.md").read_text(encoding="utf-8")
OWN = [each for each in vars(assumptions).values() if isinstance(each, Assumption)]


@pytest.mark.parametrize("assumption", [*OWN, *METRIC_MATH, *ALARM_RULES], ids=lambda each: each.name)
def test_every_assumption_stands_there_with_its_reason(assumption: Assumption) -> None:
    text, reason = (
        each.replace("*", r"\*").replace("|", r"\|") for each in (assumption.text, assumption.reason)
    )

    assert f"| {assumption.name} | {text} | {reason} | [page]({assumption.source}) |\n" in PAGE


@pytest.mark.parametrize("kind", [Target, Shape])
def test_every_target_and_shape_stands_there(kind: type) -> None:
    offered = [getattr(replay, name) for name in replay.__all__]
    found = {each.__name__ for each in offered if isinstance(each, type) and issubclass(each, kind)}

    assert len(found) > 5
    assert {name for name in found - {kind.__name__} if f"`{name}`" not in PAGE} == set()


def test_every_function_that_is_not_evaluated_stands_there() -> None:
    assert {name for name in REFUSED if f"`{name}`" not in PAGE} == set()


def test_it_counts_the_incidents_of_the_order_service() -> None:
    assert f"{len(INCIDENTS)} incidents each ring the\nalarm" in PAGE


def test_the_example_of_the_readme_fails_as_it_shows() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Replay last week's incident")[2]
    code = section.partition("```python\n")[2].partition("```")[0]
    shown = section.partition("```text\n")[2].partition("```")[0]
    (name,) = re.findall(r"def (test_\w+)", code)
    stack = cdk.Stack(cdk.App(), "Shop")
    ResilientFunction(
        stack,
        "CreateOrder",
        code=lambda_.Code.from_inline("def handler(e, c): pass"),
        handler="index.handler",
    )
    reports: list[replay.Report] = []

    def replayed(source: str, timeline: replay.Timeline) -> replay.Report:
        assert source == "cdk.out"
        reports.append(replay.replay(source_of(stack), timeline))
        return reports[-1]

    example: dict[str, Any] = {}
    exec(code, example)  # noqa: S102 - the README's own
    with pytest.raises(AssertionError):
        example[name](replayed, replay.Incidents(seed=crc32(name.encode())))

    found = repr(reports[0].rang("CreateOrder/ErrorRate", within="2m")).splitlines()
    lines = [line.removeprefix("E       ") for line in shown.splitlines()]
    assert lines[0] == f"AssertionError: {found[0]}"
    for given, line in zip(found[1:], lines[1:], strict=True):
        assert given.startswith(line.removesuffix("..."))
