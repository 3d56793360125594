"""The benchmark compares like with like, and the figure that no machine changes stays within its target."""

import copy

import pytest

from benchmarks import ours, templates, twin
from benchmarks.same import differences
from benchmarks.slopes import call_slopes


def test_twin_builds_the_same_resources() -> None:
    assert differences(templates.template(ours.build, 2), templates.template(twin.build, 2)) == []


@pytest.mark.parametrize(
    ("kind", "member"), [("AWS::Lambda::Function", "Timeout"), ("AWS::SQS::Queue", "SqsManagedSseEnabled")]
)
def test_comparison_sees_a_property_that_differs(kind: str, member: str) -> None:
    template = templates.template(ours.build, 1)
    changed = copy.deepcopy(template)
    (resource,) = (body for body in changed["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    assert len(differences(template, changed)) == 2


def test_one_more_function_takes_fewer_round_trips_than_its_twin() -> None:
    counts = [sum(call_slopes(side).values()) for side in (ours.build, twin.build)]
    assert counts[0] <= 0.7 * counts[1]
