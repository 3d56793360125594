"""The fields of a cron expression of EventBridge Scheduler, which are not those of Unix.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
"""

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

__all__ = ["Cron", "UnknownExpressionError"]

_MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEK_DAYS: Final = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)
}
_FIELDS: Final = 6
_RANGES: Final = {
    "minutes": (0, 59),
    "hours": (0, 23),
    "days": (1, 31),
    "months": (1, 12),
    "week days": (1, 7),
}
_NEAREST = re.compile(r"(\d+)W")
_LAST_WEEK_DAY = re.compile(r"([1-7]|[A-Z]{3})L")
_NTH = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")
_SATURDAY: Final = 7

_DayTest = Callable[[date], bool]


class UnknownExpressionError(ValueError):
    """An expression that Scheduler does not take, or that is not understood here."""


@dataclass(frozen=True, kw_only=True)
class Cron:
    """When a cron expression fires, in local time.

    Attributes:
        times: hours and minutes of a day, in order.
        fires_on: whether it fires on a day.
    """

    times: Sequence[tuple[int, int]]
    fires_on: _DayTest

    @classmethod
    def parse(cls, expression: str) -> "Cron":
        """What ``cron(...)`` says.

        Raises:
            UnknownExpressionError: it cannot be told.
        """
        found = re.fullmatch(r"cron\((.*)\)", expression.strip())
        if found is None:
            raise UnknownExpressionError("it is no cron(...)")
        fields = found[1].upper().split()
        if len(fields) != _FIELDS:
            raise UnknownExpressionError("a cron expression has six fields")
        minutes, hours, days, months, week_days, years = fields
        if years != "*":
            raise UnknownExpressionError("it fires in some years only")
        if (days == "?") == (week_days == "?"):
            raise UnknownExpressionError("one of day of month and day of week has to be ?, and only one")
        in_month = frozenset(_numbers(months, "months", _MONTHS))
        by_day = _by_week_day(week_days) if days == "?" else _by_day(days)
        return cls(
            times=[
                (hour, minute)
                for hour in sorted(set(_numbers(hours, "hours")))
                for minute in sorted(set(_numbers(minutes, "minutes")))
            ],
            fires_on=lambda day: day.month in in_month and by_day(day),
        )


def _numbers(field: str, what: str, names: dict[str, int] | None = None) -> list[int]:
    low, high = _RANGES[what]
    found: list[int] = []
    for part in field.split(","):
        body, slash, step = part.partition("/")
        first, dash, last = body.partition("-")
        if body == "*":
            start, end = low, high
        else:
            start = _number(first, what, names)
            end = _number(last, what, names) if dash else (high if slash else start)
        if slash and not (step.isdecimal() and int(step) > 0):
            raise UnknownExpressionError(f"{part} has no step")
        # A range may go over the end, as FRI-MON does.
        span = (end - start) % (high - low + 1)
        found += [
            low + (start - low + offset) % (high - low + 1)
            for offset in range(0, span + 1, int(step) if slash else 1)
        ]
    return found


def _number(text: str, what: str, names: dict[str, int] | None) -> int:
    low, high = _RANGES[what]
    number = int(text) if text.isdecimal() else (names or {}).get(text, -1)
    if not low <= number <= high:
        raise UnknownExpressionError(f"{text!r} is none of the {what}")
    return number


def _any_of(field: str, test_of: Callable[[str], _DayTest]) -> _DayTest:
    tests = [test_of(part) for part in field.split(",")]
    return lambda day: any(test(day) for test in tests)


def _by_day(field: str) -> _DayTest:
    return _any_of(field, _day_test)


def _day_test(part: str) -> _DayTest:
    if part == "L":
        return lambda day: (day + timedelta(days=1)).day == 1
    if part == "LW":
        return lambda day: day == _nearest(day, _last(day))
    if found := _NEAREST.fullmatch(part):
        number = _number(found[1], "days", None)
        return lambda day: number <= _last(day) and day == _nearest(day, number)
    days = frozenset(_numbers(part, "days"))
    return lambda day: day.day in days


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest(month: date, number: int) -> date:
    """The day from Monday to Friday that is nearest to the day `number` of a month, and in the same month."""
    day = month.replace(day=number)
    if day.weekday() == calendar.SATURDAY:
        return day + timedelta(days=-1 if number > 1 else 2)
    if day.weekday() == calendar.SUNDAY:
        return day + timedelta(days=1 if number < _last(month) else -2)
    return day


def _by_week_day(field: str) -> _DayTest:
    return _any_of(field, _week_day_test)


def _week_day_test(part: str) -> _DayTest:
    if part == "L":
        return lambda day: _week_day(day) == _SATURDAY
    if found := _LAST_WEEK_DAY.fullmatch(part):
        last = _number(found[1], "week days", _WEEK_DAYS)
        return lambda day: _week_day(day) == last and day.day > _last(day) - _SATURDAY
    if found := _NTH.fullmatch(part):
        number, nth = _number(found[1], "week days", _WEEK_DAYS), int(found[2])
        return lambda day: _week_day(day) == number and (day.day - 1) // _SATURDAY == nth - 1
    week_days = frozenset(_numbers(part, "week days", _WEEK_DAYS))
    return lambda day: _week_day(day) in week_days


def _week_day(day: date) -> int:
    """From 1 for Sunday to 7 for Saturday."""
    return day.isoweekday() % 7 + 1
