"""Pairs of templates, and what is told of the change from one to the other."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.difference import INVERSE, changes_between
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import Change
from tests.reviewing import parsed, reading_of

_FOLDER = Path(__file__).parent / "differences"
_REST = {"Rest": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
"""A template has at least one resource."""


def _cases() -> Iterator[Any]:
    for file in sorted(_FOLDER.glob("*.yaml")):
        for name, case in parsed(file.read_text(encoding="utf-8")).items():
            yield pytest.param(case, id=f"{file.stem}: {name}")


CASES = list(_cases())


def _reading(case: dict[str, Any], side: str) -> Reading:
    return reading_of(
        {
            "Parameters": case.get("parameters", {}),
            "Conditions": case.get("conditions", {}),
            "Resources": {**_REST, **case.get("both", {}), **case.get(side, {})},
        }
    )


def _changes(case: dict[str, Any], old: str, new: str) -> list[Change]:
    return changes_between(_reading(case, old), _reading(case, new))


def _kinds(changes: list[Change]) -> list[str]:
    return sorted(each.kind for each in changes)


def _of(changes: list[Change], severity: str) -> list[str]:
    return sorted(each.kind for each in changes if each.severity == severity)


@pytest.mark.parametrize("case", CASES)
def test_what_changed_is_told_and_nothing_else(case: dict[str, Any]) -> None:
    changes = _changes(case, "old", "new")

    assert _kinds(changes) == sorted(case["tells"]), changes
    assert case.get("says", "") in " ".join(each.message for each in changes)
    assert _of(changes, "error") == sorted(case.get("fails", []))
    if "warns" in case:
        assert _of(changes, "warning") == sorted(case["warns"])


@pytest.mark.parametrize("case", CASES)
def test_what_is_taken_back_is_told_the_other_way_round(case: dict[str, Any]) -> None:
    there, back = _changes(case, "old", "new"), _changes(case, "new", "old")

    assert Counter(INVERSE[each.kind] for each in there) == Counter(each.kind for each in back), (there, back)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("side", ["old", "new"])
def test_a_template_is_not_changed_from_itself(case: dict[str, Any], side: str) -> None:
    assert _changes(case, side, side) == []


@pytest.mark.parametrize("case", CASES)
def test_a_change_names_a_resource_and_is_a_sentence(case: dict[str, Any]) -> None:
    for change in _changes(case, "old", "new"):
        assert change.stack == "Stack1"
        assert change.logical_id in {**case.get("both", {}), **case.get("old", {}), **case.get("new", {})}
        assert change.construct_path
        assert change.message.endswith(".")
        assert "${" not in change.message


def test_every_kind_of_change_of_a_template_stands_in_a_case() -> None:
    told = {kind for case in CASES for kind in case.values[0]["tells"]}
    elsewhere = {
        "backups-kept-shorter",
        "coverage-down",
        "cost-up",
        "cost-down",
        "failure-uncaught",
        "finding-new",
        "moved",
        "not-compared",
        "stack-gone",
    }
    pairs = {frozenset((kind, other)) for kind, other in INVERSE.items()}

    assert [sorted(pair) for pair in pairs if not pair & (told | elsewhere)] == []
