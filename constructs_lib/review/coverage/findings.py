"""Gaps in the matrix as findings: few enough to act on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from constructs_lib.review.coverage.mode import Mode
from constructs_lib.review.coverage.modes import MODES
from constructs_lib.review.coverage.subjects import subjects_of
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.report import Caught, Coverage, FailureMode

__all__ = ["NOT_COVERED", "UNHEARD", "coverage_findings"]

NOT_COVERED: Final = "failure-not-covered"
UNHEARD: Final = "failure-unheard"
_FAMILY: Final = "coverage"
_ACTIONS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html"
_ALARMS: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html"
)
_ROWS: Final[Mapping[tuple[str, str], Mode]] = {
    (kind, mode.id): mode for kind, modes in MODES.items() for mode in modes
}


def coverage_findings(stack: StackReading, coverage: Coverage) -> list[Finding]:
    """A finding for each resource with an essential failure mode that no alarm catches, or that nobody hears of.

    Of a stack of whose resources no alarm watches any there is one finding. What nobody is known to call is not asked
    for alarms: its gaps stand in the matrix only.

    Args:
        stack: the stack.
        coverage: what `coverage_of` says of it.
    """
    asked = {subject.node.id for subject in subjects_of(stack) if subject.asked}
    essential = [
        each for each in coverage.modes if each.logical_id in asked and _ROWS[each.kind, each.mode].essential
    ]
    gaps = [each for each in essential if each.caught is Caught.NO]
    # Where an alarm watches, it is replayed, or not known.
    if gaps and all(each.proof == "read" and each.caught is Caught.NO for each in coverage.modes):
        return [_unwatched(coverage.modes)]
    unheard = [each for each in essential if each.caught is Caught.UNHEARD]
    return [*map(_gap, _by_resource(gaps)), *(_silent(stack, each) for each in _by_resource(unheard))]


def _by_resource(modes: Iterable[FailureMode]) -> Iterable[Sequence[FailureMode]]:
    found: dict[str, list[FailureMode]] = defaultdict(list)
    for each in modes:
        found[each.logical_id].append(each)
    return found.values()


def _gap(modes: Sequence[FailureMode]) -> Finding:
    first = modes[0]
    titles = ", ".join(each.title[:1].lower() + each.title[1:] for each in modes)
    why = " ".join(dict.fromkeys(each.why for each in modes if each.proof == "replayed"))
    rows = [_ROWS[each.kind, each.mode] for each in modes]
    return Finding(
        rule=NOT_COVERED,
        family=_FAMILY,
        severity=Severity.WARNING,
        logical_id=first.logical_id,
        construct_path=first.construct_path,
        message=f"No alarm tells of the {first.kind} {first.construct_path} when: {titles}.{f' {why}' if why else ''}",
        remedy=f"Alarm on {'; on '.join(dict.fromkeys(each.remedy for each in rows))}.",
        source=rows[0].source,
    )


def _silent(stack: StackReading, modes: Sequence[FailureMode]) -> Finding:
    first = modes[0]
    titles = ", ".join(each.title[:1].lower() + each.title[1:] for each in modes)
    alarms = ", ".join(map(stack.path_of, dict.fromkeys(alarm for each in modes for alarm in each.alarms)))
    return Finding(
        rule=UNHEARD,
        family=_FAMILY,
        severity=Severity.WARNING,
        logical_id=first.logical_id,
        construct_path=first.construct_path,
        message=f"Alarms of the {first.kind} {first.construct_path} ring unheard when: {titles} ({alarms}).",
        remedy="Give them, or a composite alarm that contains them, an action that reaches somebody, such as a topic.",
        source=_ACTIONS,
    )


def _unwatched(modes: Sequence[FailureMode]) -> Finding:
    kinds = Counter({each.logical_id: each.kind for each in modes}.values())
    listed = ", ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in kinds.items())
    return Finding(
        rule=NOT_COVERED,
        family=_FAMILY,
        severity=Severity.WARNING,
        logical_id="",
        construct_path="",
        message=f"No alarm watches any resource of this stack: {listed}.",
        remedy="Add alarms; those that AWS recommends for each service are listed at the source.",
        source=_ALARMS,
    )
