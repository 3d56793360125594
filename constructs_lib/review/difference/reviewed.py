"""What a change does to what was found, to what is caught, and to what it costs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.words import Told, listed
from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.report import Caught, Cost, Review, TemplateReview

__all__ = ["reviewed_changes"]

_CENT: Final = 0.005
_DRIVERS: Final = 3


def reviewed_changes(comparison: Comparison, old: Review, new: Review) -> Iterator[Told]:
    """What changed of the reviews of stacks that are on both sides."""
    before, after = _by_stack(old), _by_stack(new)
    for old_stack, new_stack in comparison.stacks:
        if id(old_stack) in before and id(new_stack) in after:
            pair = before[id(old_stack)], after[id(new_stack)]
            yield from _coverage(comparison, *pair)
            yield from _findings(comparison, *pair)
            yield from _cost(*pair)


def _by_stack(review: Review) -> Mapping[int, TemplateReview]:
    return {id(each.reading): each for each in review.templates}


def _coverage(comparison: Comparison, old: TemplateReview, new: TemplateReview) -> Iterator[Told]:
    before = {
        (_same(comparison, old.reading, each.logical_id), each.kind, each.mode): each
        for each in old.coverage.modes
    }
    for mode in new.coverage.modes:
        was = before.get((_same(comparison, new.reading, mode.logical_id), mode.kind, mode.mode))
        known = (Caught.YES, Caught.NO, Caught.UNHEARD)
        if was is None or mode.caught not in known or was.caught not in known:
            continue
        if (mode.caught is Caught.YES) == (was.caught is Caught.YES):
            continue
        better = mode.caught is Caught.YES
        node = new.reading.nodes.get(mode.logical_id)
        by = (new.reading, mode) if better else (old.reading, was)
        who = listed([by[0].path_of(each) for each in by[1].alarms])
        how = f"is caught by {who} now" if better else f"is no longer caught; before, by {who}"
        yield Told(
            kind="failure-caught" if better else "failure-uncaught",
            node=node,
            stack=new.reading,
            message=f'{mode.construct_path}: "{mode.title}" {how}.',
        )
    shares = old.coverage.share, new.coverage.share
    if shares[0] is not None and shares[1] is not None and f"{shares[0]:.0%}" != f"{shares[1]:.0%}":
        yield Told(
            kind="coverage-up" if shares[1] > shares[0] else "coverage-down",
            stack=new.reading,
            message=f"{shares[1]:.0%} of the failures of {new.stack} are caught now; before, {shares[0]:.0%}.",
        )


def _same(comparison: Comparison, stack: StackReading, logical_id: str) -> str:
    """A resource, by what it is called on both sides; itself where it is on one."""
    node = stack.nodes.get(logical_id)
    pair = comparison.pair_of(node) if node else None
    return repr(pair.old) if pair else repr(node) if node else logical_id


def _findings(comparison: Comparison, old: TemplateReview, new: TemplateReview) -> Iterator[Told]:
    before, after = (
        {
            (each.rule, _same(comparison, template.reading, each.logical_id)): each
            for each in template.findings
        }
        for template in (old, new)
    )
    yield from _listed(
        "finding-new", "Found now", new, [each for key, each in after.items() if key not in before]
    )
    yield from _listed(
        "finding-gone", "No longer found", old, [each for key, each in before.items() if key not in after]
    )


def _listed(kind: str, word: str, template: TemplateReview, findings: list[Finding]) -> Iterator[Told]:
    rules: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        if each.acknowledged is None:
            rules[each.rule].append(each)
    for rule, found in rules.items():
        first = found[0]
        where = "" if len(found) == 1 else f" at {listed([each.construct_path for each in found])}; the first"
        bad = kind == "finding-new" and first.severity is not Severity.NOTE
        yield Told(
            kind=kind,
            node=template.reading.nodes.get(first.logical_id),
            stack=template.reading,
            message=f"{word}: {rule} ({first.severity}){where}: {first.message}",
            severity=Severity.WARNING if bad else Severity.NOTE,
        )


def _cost(old: TemplateReview, new: TemplateReview) -> Iterator[Told]:
    change = new.cost.usd - old.cost.usd
    if abs(change) < _CENT:
        return
    up = change > 0
    drivers = _drivers(old.cost, new.cost, up=up)
    yield Told(
        kind="cost-up" if up else "cost-down",
        stack=new.reading,
        message=f"{new.stack} costs {new.cost.usd:,.2f} US dollars a month now; before, {old.cost.usd:,.2f}. "
        f"{'More' if up else 'Less'} for {listed(drivers)}.",
    )


def _drivers(old: Cost, new: Cost, *, up: bool) -> list[str]:
    """What moves the sum most in its own direction."""
    sums: dict[str, float] = defaultdict(float)
    for sign, cost in ((-1, old), (1, new)):
        for each in cost.lines:
            sums[each.what] += sign * (each.usd or 0.0)
    moved = sorted(sums, key=lambda what: (-sums[what] if up else sums[what], what))
    return [
        f"{what} ({sums[what]:+,.2f})"
        for what in moved[:_DRIVERS]
        if (sums[what] > 0) == up and abs(sums[what]) >= _CENT
    ]
