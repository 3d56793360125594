"""Which backups are kept: a pure function of their times."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

__all__ = ["Policy", "kept", "sift"]

T = TypeVar("T")

_PERIODS: Final[dict[str, Callable[[datetime], Hashable]]] = {
    "daily": lambda when: when.date(),
    "weekly": lambda when: when.isocalendar()[:2],
    "monthly": lambda when: (when.year, when.month),
}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is kept; a backup stays as long as one of these keeps it.

    Days begin at midnight UTC, weeks on Monday as ISO 8601 has them, months on their first day.

    Attributes:
        keep_for: for how many seconds every backup is kept.
        count: how many of the newest are kept.
        daily: of how many of the latest days that have one the newest is kept.
        weekly: likewise of weeks.
        monthly: likewise of months.
    """

    keep_for: float = 0.0
    count: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0


def sift(
    policy: Policy, newest_first: Iterable[tuple[datetime, T]], now: datetime
) -> Iterator[tuple[T, bool]]:
    """Each backup and whether it is kept, as it comes; the newest always is.

    What is not kept now would not be kept later either, so that it does not matter how often backups are deleted.

    Args:
        policy: what is kept.
        newest_first: times and backups, from the newest to the oldest. Only one is looked at at a time.
        now: from when ages count.
    """
    latest: dict[str, Hashable] = {}
    periods = dict.fromkeys(_PERIODS, 0)
    for position, (given, backup) in enumerate(newest_first):
        when = given.astimezone(UTC)
        young = policy.keep_for > 0 and (now - when).total_seconds() < policy.keep_for
        keep = position == 0 or position < policy.count or young
        for name, period_of in _PERIODS.items():
            period = period_of(when)
            if latest.get(name) == period:
                continue
            latest[name] = period
            periods[name] += 1
            keep = keep or periods[name] <= getattr(policy, name)
        yield backup, keep


def kept(policy: Policy, backups: Iterable[tuple[datetime, str]], now: datetime) -> set[str]:
    """The ARNs of what is kept of `backups`, times and ARNs in any order."""
    newest_first = sorted(backups, reverse=True)
    return {arn for arn, keep in sift(policy, newest_first, now) if keep}
