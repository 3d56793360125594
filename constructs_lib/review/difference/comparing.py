"""Compares what was read of templates before and after."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from constructs_lib.review.difference.alarms import alarm_changes
from constructs_lib.review.difference.existence import existence_changes
from constructs_lib.review.difference.kinds import severity_of
from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.policies import policy_changes
from constructs_lib.review.difference.records import record_changes
from constructs_lib.review.difference.reviewed import reviewed_changes
from constructs_lib.review.difference.rows import MEMBERS, SETTINGS
from constructs_lib.review.difference.setting import Members, Setting
from constructs_lib.review.difference.stacks import stack_changes
from constructs_lib.review.difference.stateful import stateful_changes
from constructs_lib.review.difference.words import Told
from constructs_lib.review.difference.working import working_changes
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import Change, Review

__all__ = ["changes_between"]


def changes_between(
    old: Reading, new: Reading, *, old_review: Review | None = None, new_review: Review | None = None
) -> list[Change]:
    """Tell what changed between two readings, in the words of resilience.

    Args:
        old: what is deployed, or was before.
        new: what is to be deployed.
        old_review: the review of the old one. Left out, or without the other: nothing is said of findings, of what is
            caught, and of what it costs.
        new_review: the review of the new one.

    Returns:
        The worst first.
    """
    comparison = Comparison(old, new)
    told = [each for looked in _LOOKS for each in _looked(looked, comparison)]
    if old_review is not None and new_review is not None:
        told += _looked(lambda both: reviewed_changes(both, old_review, new_review), comparison)
    changes = dict.fromkeys(map(_change, told))
    return sorted(
        changes,
        key=lambda each: (-each.severity.rank, each.stack, each.construct_path, each.kind, each.message),
    )


def _settings(comparison: Comparison) -> Iterator[Told]:
    by_type: dict[str, list[Callable[..., Iterable[Told]]]] = {}
    rows: tuple[Setting | Members, ...] = (*SETTINGS, *MEMBERS)
    for row in rows:
        for type_ in row.types:
            by_type.setdefault(type_, []).append(row.told)
    for pair in (*comparison.pairs, *comparison.moved):
        for told in by_type.get(pair.new.type, ()):
            yield from told(comparison, pair)


_LOOKS: Final[tuple[Callable[[Comparison], Iterable[Told]], ...]] = (
    stack_changes,
    stateful_changes,
    existence_changes,
    _settings,
    alarm_changes,
    record_changes,
    working_changes,
    policy_changes,
)


def _looked(look: Callable[[Comparison], Iterable[Told]], comparison: Comparison) -> list[Told]:
    """What `look` tells; where it crashes, that it did."""
    try:
        return list(look(comparison))
    except Exception as error:  # noqa: BLE001 - whatever two templates make of one part, the others are still compared
        return [
            Told(
                kind="not-compared",
                message=f"A part could not be compared: {type(error).__name__}: {error}.",
            )
        ]


def _change(told: Told) -> Change:
    stack = told.node.stack if told.node is not None else told.stack
    return Change(
        kind=told.kind,
        severity=told.severity or severity_of(told.kind),
        stack=stack.template.name if stack is not None else "",
        logical_id=told.node.id if told.node is not None else "",
        construct_path=told.node.path if told.node is not None else "",
        message=told.message,
    )
