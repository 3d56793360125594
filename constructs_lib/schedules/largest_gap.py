"""The longest and the shortest time from one firing of a schedule to the next."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from constructs_lib.schedules.cron_fields import Cron, UnknownExpressionError

__all__ = ["Gap", "largest_gap", "shortest_gap"]

_FIRST, _LAST = date(2024, 1, 1), date(2031, 12, 31)
"""Eight years: two leap years, and every rule of summer time more than once. Fixed, so that synthesis has no clock."""
_UNITS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@dataclass(frozen=True, order=True)
class Gap:
    """A time without a firing.

    Attributes:
        seconds: how long it is.
        after: when the schedule fires before it, for people; empty where all gaps are alike.
    """

    seconds: int
    after: str = ""

    def __str__(self) -> str:
        """For a message."""
        length = str(timedelta(seconds=self.seconds))
        return f"{length} after {self.after}" if self.after else length


def largest_gap(expression: str, time_zone: str = "Etc/UTC") -> Gap:
    """The largest gap of a ``rate(...)`` or ``cron(...)`` expression of EventBridge Scheduler.

    A rate is exact. The firings of a cron expression are simulated over eight years, summer time included: what falls
    into the hour that is left out does not fire, and what falls into the hour that comes twice fires once
    (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time). At which of the
    two times is not said: the larger gap counts.

    Raises:
        UnknownExpressionError: it cannot be told, or there is no next firing.
    """
    if found := _RATE.fullmatch(expression.strip()):
        if int(found[1]) == 0:
            raise UnknownExpressionError("a rate of 0 never fires")
        return Gap(int(found[1]) * _UNITS[found[2]])
    if not expression.strip().startswith("cron"):
        raise UnknownExpressionError("it is neither cron(...) nor rate(...) of whole minutes, hours or days")
    cron = Cron.parse(expression)
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnknownExpressionError(
            f"the time zone {time_zone!r} is unknown on this machine (the package tzdata has them)"
        ) from error
    return max(_largest(cron, zone, fold) for fold in (0, 1))


def shortest_gap(expression: str) -> int:
    """The seconds of the shortest gap of a ``rate(...)`` or ``cron(...)`` expression, as if clocks never changed.

    Raises:
        UnknownExpressionError: it cannot be told.
    """
    if _RATE.fullmatch(expression.strip()):
        return largest_gap(expression).seconds
    times = sorted(60 * (60 * hour + minute) for hour, minute in Cron.parse(expression).times)
    return min(later - earlier for earlier, later in pairwise([*times, times[0] + _UNITS["day"]]))


def _largest(cron: Cron, zone: tzinfo, fold: int) -> Gap:
    largest, before = Gap(0), None
    apart = _apart(cron.times)
    for day in _days(cron):
        # The clocks change at most once within a day; all others have the same gaps between their firings.
        plain = _offset(day, zone) == _offset(day + timedelta(days=1), zone)
        firings = _fired(day, apart if plain else cron.times, zone, fold)
        if plain and firings:
            ends = _fired(day, (cron.times[0], cron.times[-1]), zone, fold)
            firings_of_gaps = [firings, [before, ends[0]] if before else []]
            before = ends[-1]
        else:
            firings_of_gaps = [[before, *firings] if before else firings]
            before = firings[-1] if firings else before
        for row in firings_of_gaps:
            for earlier, later in pairwise(row):
                length = int((later - earlier).total_seconds())
                if length > largest.seconds:
                    largest = Gap(length, f"{earlier.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    if not largest.seconds:
        raise UnknownExpressionError(f"it fires less than twice from {_FIRST.year} to {_LAST.year}")
    return largest


def _days(cron: Cron) -> Iterator[date]:
    for number in range((_LAST - _FIRST).days + 1):
        day = _FIRST + timedelta(days=number)
        if cron.fires_on(day):
            yield day


def _apart(times: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The two times of a day, one after the other, that are furthest apart; one where there is but one."""
    if len(times) == 1:
        return times
    return max(pairwise(times), key=lambda pair: 60 * (pair[1][0] - pair[0][0]) + pair[1][1] - pair[0][1])


def _fired(day: date, times: Iterable[tuple[int, int]], zone: tzinfo, fold: int) -> list[datetime]:
    """The firings at `times` of `day`, in UTC; what the clocks leave out does not fire."""
    fired: list[datetime] = []
    for hour, minute in times:
        local = datetime.combine(day, time(hour, minute, fold=fold), zone)
        utc = local.astimezone(UTC)
        if utc.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            fired.append(utc)
    return sorted(fired)


def _offset(day: date, zone: tzinfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()
