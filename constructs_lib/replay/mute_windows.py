"""When an alarm mute rule is active: its schedule, the length of its windows, and the time before and after it counts.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DURATION = re.compile(r"P(?=.)(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")
_SCHEDULE = re.compile(r"(?P<kind>cron|at)\((?P<inner>[^()]*)\)")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=15)
_FIRST_YEAR, _LAST_YEAR = (
    1970,
    9998,
)  # so that windows begin and end in years that there are, in any time zone
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS: tuple[
    tuple[str, int, int, list[str]], ...
] = (  # name, lowest, highest, and what the first name of a value stands for
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of the month", 1, 31, []),
    ("month", 1, 12, ["", *_MONTHS]),
    ("day of the week", 0, 7, _DAYS),
)


class ScheduleError(ValueError):
    """A mute rule's schedule is not valid."""


@dataclass(frozen=True)
class Window:
    """One window: from its start until before its end."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Cron:
    """The minutes, hours, days, months and weekdays of a cron expression."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool
    """Both kinds of days are restricted: one that fits is enough, as in standard cron."""

    def includes(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        fits = (day.day in self.days, (day.weekday() + 1) % 7 in self.weekdays)
        return any(fits) if self.either_day else all(fits)

    def starts(self) -> Iterator[time]:
        """The times of a day, the latest first."""
        for hour in sorted(self.hours, reverse=True):
            for minute in sorted(self.minutes, reverse=True):
                yield time(hour, minute)


@dataclass(frozen=True)
class MuteSchedule:
    """A schedule expression, how long its windows are, and in which time zone."""

    expression: Cron | datetime
    duration: timedelta
    zone: ZoneInfo

    @classmethod
    def parse(cls, expression: str, duration: str, timezone: str | None = None) -> "MuteSchedule":
        """Read what a rule declares.

        Raises:
            ScheduleError: it is not valid.
        """
        try:
            zone = ZoneInfo(timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ScheduleError(f"{timezone!r} is no time zone") from error
        match = _SCHEDULE.fullmatch(expression)
        if match is None:
            raise ScheduleError(f"{expression!r} is neither cron(...) nor at(...)")
        read = _cron if match["kind"] == "cron" else _at
        return cls(read(match["inner"]), _duration(duration), zone)

    def window(self, now: datetime) -> Window | None:
        """The window that is open now, the one that opened last if several are."""
        local = now.astimezone(self.zone)
        for start in self._starts(local.date()):
            opened = start.replace(tzinfo=self.zone)
            if opened > local:
                continue
            closes = (opened.astimezone(UTC) + self.duration).astimezone(self.zone)
            return Window(opened, closes) if local < closes else None
        return None

    def windows(self, start: datetime, end: datetime) -> Iterator[Window]:
        """The windows that are open at some time between `start` and `end`, in the order in which they open."""
        found: set[datetime] = set()
        day = (start - self.duration).astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            found.update(self._starts(day))
            day += timedelta(days=1)
        for begin in sorted(found):
            opened = begin.replace(tzinfo=self.zone).astimezone(UTC)
            if opened < end and opened + self.duration > start:
                yield Window(opened, opened + self.duration)

    def is_over(self, now: datetime) -> bool:
        """Whether no window will open again."""
        if isinstance(self.expression, Cron):
            return False
        return now >= self.expression.replace(tzinfo=self.zone).astimezone(UTC) + self.duration

    def _starts(self, today: date) -> Iterator[datetime]:
        if isinstance(self.expression, datetime):
            yield self.expression
            return
        for back in range(self.duration.days + 2):
            day = today - timedelta(days=back)
            if self.expression.includes(day):
                yield from (datetime.combine(day, at) for at in self.expression.starts())


def _at(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise ScheduleError(f"at({text}) is not at(yyyy-MM-ddThh:mm)") from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ScheduleError(f"at({text}) is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ScheduleError(f"{text!r} is no duration such as PT4H or P2DT12H")
    length = timedelta(**{unit: int(value) for unit, value in match.groupdict().items() if value})
    if not _SHORTEST <= length <= _LONGEST:
        raise ScheduleError(f"a mute window lasts from PT1M to P15D, not {text}")
    return length


def _cron(text: str) -> Cron:
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"cron({text}) needs five fields")
    values = [_field(value, *meaning) for value, meaning in zip(fields, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = values
    weekdays = frozenset(day % len(_DAYS) for day in weekdays)
    return Cron(minutes, hours, days, months, weekdays, either_day="*" not in (fields[2], fields[4]))


def _field(text: str, name: str, lowest: int, highest: int, names: list[str]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        if part == "*":
            found.update(range(lowest, highest + 1))
            continue
        first, _, last = part.partition("-")
        start, end = _value(first, names), _value(last or first, names)
        if start is None or end is None or not lowest <= start <= end <= highest:
            raise ScheduleError(f"{text!r} is no {name}")
        found.update(range(start, end + 1))
    return frozenset(found)


def _value(text: str, names: list[str]) -> int | None:
    if text.upper() in names and text:
        return names.index(text.upper())
    return int(text) if text.isdecimal() else None
