"""What is known only at deployment is never an error: it may be what was there before, which was right."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.finding import Severity
from constructs_lib.review.rule import Rule, findings_of
from constructs_lib.review.rules import RULES
from tests.review.unknowns import Place, opened, places_of, replaced, unknowns_for, value_at
from tests.reviewing import parsed, reading_of

_FOLDER = Path(__file__).parent / "rules"
_ABOUT_THE_CASE = ("region", "stacks")
_COUNTS_WHAT_IS_THERE = ("too-many-declarations", "too-many-dynamic-references")
"""What makes something unknown here is itself one more of what these count."""
_OF_OTHER_SECTIONS = ("condition-cycle", "condition-of-nothing", "export-twice")
"""They are not about values of resources."""
_ERRORS = [each for each in RULES if each.severity is Severity.ERROR and each.id not in _COUNTS_WHAT_IS_THERE]
_OF_VALUES = [each for each in _ERRORS if each.id not in _OF_OTHER_SECTIONS]


def _good_cases(rule: Rule) -> Iterator[tuple[list[dict[str, Any]], list[str | None]]]:
    document = parsed((_FOLDER / rule.family / f"{rule.id}.yaml").read_text(encoding="utf-8"))
    for case in document["good"].values():
        alone = {key: value for key, value in case.items() if key not in _ABOUT_THE_CASE}
        stacks = [opened(each) for each in case.get("stacks") or [alone]]
        yield stacks, [each.pop("region", case.get("region", "eu-west-1")) for each in stacks]


def _errors(rule: Rule, stacks: list[dict[str, Any]], regions: list[str | None]) -> list[str]:
    reading = reading_of(*stacks, regions=regions)
    return [each.message for stack in reading.stacks for each in findings_of(stack, [rule])]


def _known_places(stacks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Place]]:
    for template in stacks:
        for place in places_of(template) if isinstance(template["Resources"], Mapping) else ():
            yield template, place


@pytest.mark.parametrize("rule", _OF_VALUES, ids=lambda rule: rule.id)
def test_no_value_becomes_an_error_by_being_unknown(rule: Rule) -> None:
    number = 0
    for stacks, regions in _good_cases(rule):
        for template, place in _known_places(stacks):
            before = value_at(template, place)
            if "Fn::If" in json.dumps(before, default=str):
                continue
            # Each kind of unknown in its turn: all of them at all places take too long.
            kinds = list(unknowns_for(before))
            unknown = kinds[number % len(kinds)]
            number += 1
            with replaced(template, place, unknown):
                assert _errors(rule, stacks, regions) == [], (place, unknown)
    assert number


@pytest.mark.parametrize("rule", _ERRORS, ids=lambda rule: rule.id)
def test_no_resource_becomes_an_error_by_being_optional(rule: Rule) -> None:
    for stacks, regions in _good_cases(rule):
        for template in stacks:
            for name, resource in template["Resources"].items():
                if isinstance(resource, dict) and "Condition" not in resource:
                    resource["Condition"] = "AnyCondition"
                    assert _errors(rule, stacks, regions) == [], name
                    del resource["Condition"]
