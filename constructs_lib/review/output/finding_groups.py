"""Findings as a page lists them: those of one rule together, each with an anchor by which others can point to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.words import rule_of
from constructs_lib.review.report import Review

__all__ = ["FindingGroup", "Place", "anchored", "groups_of"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A finding, and where it is.

    Attributes:
        anchor: of the finding on the page.
        stack: the number of its template.
        finding: what is found.
    """

    anchor: str
    stack: int
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class FindingGroup:
    """What one rule found.

    Attributes:
        title: the rule, with the tool that has it where that is another.
        severity: how bad it is.
        family: of the rule.
        remedies: what to do, where all of its findings say the same: one; otherwise none, and each says its own.
        source: the address of the documentation.
        places: the findings that nobody acknowledged, then the others.
    """

    title: str
    severity: Severity
    family: str
    remedies: Sequence[str]
    source: str
    places: Sequence[Place]

    @property
    def open(self) -> int:
        """How many of them nobody has acknowledged."""
        return sum(each.finding.acknowledged is None for each in self.places)


def anchored(review: Review) -> list[Place]:
    """All findings of all templates with their anchors."""
    found = [(number, each) for number, of in enumerate(review.templates) for each in of.findings]
    return [
        Place(anchor=f"finding-{number}", stack=stack, finding=finding)
        for number, (stack, finding) in enumerate(found, start=1)
    ]


def groups_of(places: Sequence[Place]) -> list[FindingGroup]:
    """Findings by rule: the worst first, and those that are all acknowledged last."""
    rules: dict[tuple[str, str, Severity], list[Place]] = {}
    for each in places:
        rules.setdefault((each.finding.origin, each.finding.rule, each.finding.severity), []).append(each)
    groups = [_group(each) for each in rules.values()]
    return sorted(groups, key=lambda each: (each.open == 0, -each.severity.rank))


def _group(places: Sequence[Place]) -> FindingGroup:
    first = places[0].finding
    remedies = list(dict.fromkeys(each.finding.remedy for each in places))
    return FindingGroup(
        title=rule_of(first),
        severity=first.severity,
        family=first.family or first.origin,
        remedies=remedies if len(remedies) == 1 else (),
        source=first.source,
        places=sorted(places, key=lambda each: (each.finding.acknowledged is not None, each.stack)),
    )
