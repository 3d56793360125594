"""Schedule expressions of EventBridge rules and of EventBridge Scheduler: rate, cron, at.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. In places AWS is more lenient than both,
as with commas behind fields: only what is surely refused is a problem here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

__all__ = ["interval_of", "last_day", "period_of", "problem_of"]

_CALL: Final = re.compile(r"\s*(rate|cron|at)\((.*)\)\s*", re.IGNORECASE | re.DOTALL)
_RATE: Final = re.compile(r"\s*(\d{1,18})\s+([a-z]+)\s*", re.IGNORECASE)
_SECONDS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_DIGITS: Final = 9
_AT: Final = "%Y-%m-%dT%H:%M:%S"
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_EVERY: Final = re.compile(r"(?:\*|0)/(\d{1,9})")
_ANY: Final = ("*", "?")


@dataclass(frozen=True)
class _Field:
    """A field of a cron expression: its name, the numbers in it, and their names, the first of which is the lowest."""

    name: str
    low: int
    high: int
    names: Sequence[str] = ()

    def refused(self, text: str) -> str | None:
        """The part of `text` that this field cannot have; None where there is none."""
        for part in text.upper().split(","):
            begin = part.partition("/")[0].partition("#")[0]
            if any(not self._may_be(each) for each in begin.split("-") if each):
                return part
        return None

    def _may_be(self, text: str) -> bool:
        number = text.removesuffix("W").removesuffix("L")
        if text in {"*", "?"} or not number or text in self.names or number in self.names:
            return True
        return number.isdecimal() and len(number) <= _DIGITS and self.low <= int(number) <= self.high


_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 1, 7, _DAYS),
    _Field("year", 1970, 2199),
)
_DAY, _WEEKDAY, _YEAR = 2, 4, 5


def problem_of(expression: str, *, scheduler: bool) -> str | None:
    """Why AWS refuses an expression, as the end of a sentence; None where it does not.

    Args:
        expression: such as ``rate(5 minutes)``.
        scheduler: whether EventBridge Scheduler reads it; otherwise a rule does, which is stricter.
    """
    match = _CALL.fullmatch(expression)
    kinds = "rate(...), cron(...) or at(...)" if scheduler else "rate(...) or cron(...)"
    if match is None:
        return f"is none of {kinds}" if scheduler else f"is neither {kinds.replace(' or ', ' nor ')}"
    match match[1].lower():
        case "rate":
            return _rate_problem(match[2], strict=not scheduler)
        case "cron":
            return _cron_problem(match[2])
        case _:
            if not scheduler:
                return f"is neither {kinds.replace(' or ', ' nor ')}"
            return None if _moment(match[2]) else "is no moment such as at(2030-01-31T08:00:00)"


def last_day(expression: str) -> date | None:
    """The last day on which it can run; None where it has no end, or where that is unknown."""
    match = _CALL.fullmatch(expression)
    if match and match[1].lower() == "at":
        moment = _moment(match[2])
        # A time zone ahead of or behind UTC can be a day off.
        return moment.date() + timedelta(days=1) if moment else None
    if match and match[1].lower() == "cron":
        fields = _fields(match[2])
        years = (
            [number for part in fields[_YEAR].split(",") for number in re.split("[-/]", part)]
            if fields
            else []
        )
        if (
            years
            and all(each.isdecimal() and len(each) <= _DIGITS for each in years)
            and "/" not in fields[_YEAR]
        ):
            return date(min(max(map(int, years)), date.max.year), 12, 31)
    return None


def period_of(expression: str) -> int | None:
    """Seconds between two runs, where that is the same all day; None for others."""
    match = _CALL.fullmatch(expression)
    if match and match[1].lower() == "rate" and (rate := _RATE.fullmatch(match[2])):
        unit = _SECONDS.get(rate[2].lower().removesuffix("s"))
        return int(rate[1]) * unit if unit else None
    fields = _fields(match[2]) if match and match[1].lower() == "cron" else []
    if fields and fields[1] == "*":
        minutes = _EVERY.fullmatch(fields[0])
        return 60 if fields[0] == "*" else int(minutes[1]) * 60 if minutes else None
    return None


def interval_of(expression: str) -> int | None:
    """Seconds from each run to the next, where that is the same day after day; None for others."""
    period = period_of(expression)
    match = _CALL.fullmatch(expression)
    if match is None or match[1].lower() != "cron":
        return period
    minute, hour, *days = _fields(match[2]) or ("", "")
    if not days or any(each not in _ANY for each in days):
        return None
    if not minute.isdecimal():
        return period if period and not _SECONDS["hour"] % period else None
    return _SECONDS["hour"] if hour == "*" else _SECONDS["day"] if hour.isdecimal() else None


def _rate_problem(inside: str, *, strict: bool) -> str | None:
    match = _RATE.fullmatch(inside)
    if match is None:
        return "has no whole number and unit, such as rate(5 minutes)"
    number, unit = int(match[1]), match[2].lower()
    if unit.removesuffix("s") not in _SECONDS:
        return f"has the unit {match[2]}; it may be minutes, hours or days"
    if number == 0:
        return "has a rate of 0"
    if strict and (number == 1) == unit.endswith("s"):
        return f"wants {unit.removesuffix('s')}{'s' if number > 1 else ''} after {number}"
    return None


def _cron_problem(inside: str) -> str | None:
    fields = _fields(inside)
    if not fields:
        return f"has {len(inside.split())} fields; cron has six, the last of which is the year"
    if "?" not in (fields[_DAY], fields[_WEEKDAY]):
        return "names a day of the month and a day of the week; one of them must be ?"
    return next(_refused(fields), None)


def _refused(fields: Sequence[str]) -> Iterator[str]:
    for field, text in zip(_FIELDS, fields, strict=True):
        if part := field.refused(text):
            yield f"has {part} as its {field.name}"


def _fields(inside: str) -> list[str]:
    """The six fields; none where there are more or fewer."""
    found = [each.strip(",") for each in inside.split()]
    return found if len(found) == len(_FIELDS) else []


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), _AT)  # noqa: DTZ007 - the time zone stands elsewhere
    except ValueError:
        return None
