"""Reviews templates: what rules find, what alarms catch, what it costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from constructs_lib.review.acknowledgements import Acknowledgement, acknowledged, unused_of
from constructs_lib.review.cost import Account, Prices, Traffic, cost_of
from constructs_lib.review.coverage import coverage_findings, coverage_of
from constructs_lib.review.coverage.findings import NOT_COVERED, UNHEARD
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.bounds import LIMITS, bounded
from constructs_lib.review.report import Coverage, Review, TemplateReview
from constructs_lib.review.rule import findings_of
from constructs_lib.review.rules import RULES
from constructs_lib.review.validation_report import reported_in
from constructs_lib.template import Assembly, read_assembly, template_of

__all__ = ["Part", "Source", "part_of", "review"]

_SAM: Final = "AWS::Serverless::"
_ALL_MADE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/introduction.html"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some stacks of an assembly; the others are read for what those refer to.

    Attributes:
        assembly: all of it.
        keys: of the templates that are reviewed.
    """

    assembly: Assembly
    keys: frozenset[str]


Source = Path | str | Assembly | Part | Mapping[str, Any]
"""A folder that `cdk synth` wrote, a template's file, what was read from either, or a template as data."""


def review(
    *sources: Source,
    parameters: Mapping[str, str] | None = None,
    stacks: Iterable[str] = (),
    acknowledgements: Sequence[Acknowledgement] = (),
    prices: Prices | None = None,
    traffic: Traffic | None = None,
    budget: float | None = None,
    today: date | None = None,
) -> Review:
    """Review templates.

    Args:
        *sources: what is reviewed. What is in one source is deployed together; two sources know nothing of each other.
        parameters: the values of the templates' parameters. Left out: their defaults.
        stacks: the names of the stacks that are wanted, or their paths such as ``Stage/Stack``, with what is nested in
            them; the others are only read. Left out: all.
        acknowledgements: findings that are accepted. Those that are about nothing are told of where all stacks are
            reviewed.
        prices: what things cost. Left out: the prices that come with the library.
        traffic: how much is used. Left out: only what costs money by existing has a price.
        budget: US dollars a month that all of it may cost.
        today: the day of the review. Left out: today.

    Raises:
        TemplateError: a source cannot be used.
        UnusableError: the report of other tools in an assembly cannot be read, or the traffic is not of its resources.
    """
    wanted = frozenset(stacks)
    account = Account()
    known = frozenset((*(each.id for each in RULES), NOT_COVERED, UNHEARD))
    used: set[Acknowledgement] = set()
    reviews: list[TemplateReview] = []
    for part in map(part_of, sources):
        assembly, too_large = bounded(part.assembly)
        reading = Reading(assembly, parameters=parameters, today=today)
        keys = _wanted(part, wanted)
        asked = [stack for stack in reading.stacks if stack.key in keys]
        reported = reported_in(assembly.source, assembly.templates)
        coverage = {stack.key: coverage_of(stack) for stack in asked}
        findings = {
            stack.key: [
                *_found(stack, coverage[stack.key], too_large.get(stack.key)),
                *reported.get(stack.key, ()),
            ]
            for stack in asked
        }
        judged, now_used = acknowledged(reading.stacks, findings, acknowledgements, known)
        used |= now_used
        reviews += (
            TemplateReview(
                path=str(stack.template.source or stack.template.name),
                stack=stack.template.name,
                region=stack.region,
                reading=stack,
                findings=_sorted(judged[stack.key]),
                coverage=coverage[stack.key],
                cost=cost_of(stack, prices=prices, traffic=traffic, account=account),
            )
            for stack in asked
        )
    if reviews and not wanted and (unused := unused_of(acknowledgements, used, known)):
        reviews[0] = replace(reviews[0], findings=_sorted([*reviews[0].findings, *unused]))
    return Review(templates=tuple(reviews), budget=budget)


def part_of(source: Source) -> Part:
    """All stacks of a source, or those of it that are reviewed.

    Raises:
        TemplateError: it cannot be used.
    """
    if isinstance(source, Part):
        return source
    if isinstance(source, Path | str):
        assembly = read_assembly(source)
    elif isinstance(source, Assembly):
        assembly = source
    else:
        assembly = Assembly(templates=(template_of(source),))
    return Part(assembly=assembly, keys=frozenset(each.key for each in assembly.templates))


def _wanted(part: Part, names: frozenset[str]) -> set[str]:
    """The keys of the templates that are to be reviewed."""
    found: set[str] = set()
    for each in part.assembly.templates:  # nested stacks stand behind their parents
        nested = each.parent is not None and each.parent[0] in found
        if each.key in part.keys and (not names or nested or {each.name, each.key} & names):
            found.add(each.key)
    return found


def _found(stack: StackReading, coverage: Coverage, too_large: str | None) -> list[Finding]:
    if too_large is not None:
        said = f"It has {too_large}: it is not reviewed."
        return [_of_template("too-large-to-review", Severity.ERROR, said, "Split it into stacks.", LIMITS)]
    unread = "Review the template that CloudFormation makes of it, or mend it."
    # What is left of a SAM resource is seen by no rule.
    lost = any(each.type.startswith(_SAM) for each in stack.template.resources.values())
    return [
        *findings_of(stack, RULES),
        *coverage_findings(stack, coverage),
        *(
            _of_template("not-read", Severity.WARNING if lost else Severity.NOTE, each, unread, _ALL_MADE)
            for each in stack.template.problems
        ),
    ]


def _of_template(rule: str, severity: Severity, message: str, remedy: str, source: str) -> Finding:
    return Finding(
        rule=rule,
        family="review",
        severity=severity,
        logical_id="",
        construct_path="",
        message=message,
        remedy=remedy,
        source=source,
    )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; what other tools found behind what this one did."""
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                -each.severity.rank,
                not each.family,
                each.rule,
                each.construct_path,
                each.message,
            ),
        )
    )
