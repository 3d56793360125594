"""What docs/replay.md says of the code is so."""

import pytest

from constructs_lib import replay
from constructs_lib.replay import Shape, Target, assumptions
from constructs_lib.replay.assumptions import Assumption
from constructs_lib.replay.expressions.assumptions import ALARM_RULES, METRIC_MATH
from constructs_lib.replay.expressions.functions.table import REFUSED
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
