"""Points and spans of time as people write them, and as timelines count them: in whole seconds, UTC."""

import re
from datetime import UTC, datetime, timedelta

from constructs_lib.replay.timelines.errors import TimelineError, shown

__all__ = ["Instant", "Span", "epoch_of", "instant_of", "seconds_of", "span_text"]

Instant = datetime | str | int | float
"""A datetime, an ISO 8601 text or Unix seconds; one without an offset is UTC."""

Span = timedelta | str | int | float
"""A timedelta, seconds, or a text such as `"90s"`, `"5m"`, `"1h30m"` or `"30d"`."""

_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?")
_LAST = 253_402_300_799  # the last second of the year 9999, the last that a datetime can hold


def epoch_of(value: object) -> int:
    """The Unix time of an `Instant`; parts of a second are cut off.

    Raises:
        TimelineError: it is no point in time between 1970 and 9999.
    """
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if isinstance(value, datetime):
            value = (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= int(value) <= _LAST:
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise TimelineError(
        f"{shown(value)} is no point in time. Write it as 2026-03-02T09:00:00Z, between 1970 and 9999."
    )


def instant_of(epoch: float) -> datetime:
    """Unix time as a datetime in UTC."""
    return datetime.fromtimestamp(epoch, UTC)


def seconds_of(value: Span) -> int:
    """The whole seconds of a `Span`.

    Raises:
        TimelineError: it is no span of time, or below zero.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, str) and value and (match := _SPAN.fullmatch(value)):
        return sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS.values(), strict=True))
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LAST:
        return int(value)
    raise TimelineError(f'{shown(value)} is no span of time. Write it as "90s", "5m", "1h30m" or "30d".')


def span_text(seconds: int) -> str:
    """Seconds as a text that `seconds_of` reads: 5400 is `"1h30m"`."""
    parts = []
    for unit, size in _UNITS.items():
        whole, seconds = divmod(seconds, size)
        parts += [f"{whole}{unit}"] if whole else []
    return "".join(parts) or "0s"
