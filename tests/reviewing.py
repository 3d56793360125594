"""Templates written in tests, as rules see them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from constructs_lib.review.acknowledgements import read_acknowledgements
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import Reading
from constructs_lib.review.reviewing import review
from constructs_lib.review.rule import findings_of
from constructs_lib.review.rules import RULES
from constructs_lib.template import Assembly, read_assembly, template_of
from constructs_lib.template.yaml_forms import parse_yaml

__all__ = ["TODAY", "found_by", "parsed", "reading_of", "unexplained"]


TODAY = date(2026, 11, 22)
"""The day of the reviews in tests; of what ends, some has ended by then."""


def parsed(text: str) -> Any:
    """YAML with CloudFormation's short forms."""
    return parse_yaml(text, "the test")


def reading_of(*templates: Mapping[str, Any] | str, regions: Sequence[str | None] = ()) -> Reading:
    """Templates that are deployed together, as data or as YAML; the first is called Stack1."""
    bodies = [parsed(each) if isinstance(each, str) else each for each in templates]
    found = []
    for number, body in enumerate(bodies):
        region = regions[number] if number < len(regions) else "eu-west-1"
        name = f"Stack{number + 1}"
        found.append(
            replace(
                template_of(
                    body, name=name, environment=("111111111111", region), source=Path(f"{name}.json")
                ),
            )
        )
    return Reading(Assembly(templates=tuple(found)), today=TODAY)


def found_by(rule: str, reading: Reading) -> list[Finding]:
    """What one rule finds in all of the templates."""
    (one,) = [each for each in RULES if each.id == rule]
    return [finding for stack in reading.stacks for finding in findings_of(stack, [one])]


def unexplained(folder: Path, acknowledged: Path) -> list[Finding]:
    """The warnings and errors in an assembly that a file does not explain, and what that file explains in vain.

    An acknowledgement for all stacks may be about another assembly; one that names a stack of this one may not.
    """
    every = read_acknowledgements(acknowledged)
    names = {each.name for each in read_assembly(folder).templates}
    own = [each for each in every if each.stack in names]
    general = [each for each in every if each.stack == "*"]
    found = review(folder, acknowledgements=[*own, *general], today=TODAY).at_or_above(Severity.WARNING)
    vain = tuple(f"({each.where})." for each in general)
    return [
        each for each in found if not (each.rule == "acknowledgement-unused" and each.message.endswith(vain))
    ]
