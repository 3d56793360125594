"""Times, durations and sizes, read and written."""

import re
from datetime import UTC, datetime
from typing import Final

from constructs_lib.backup.command.failing import CommandError

__all__ = ["duration", "length", "moment", "size", "stamp"]

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION: Final = re.compile(r"(\d+)([smhd])")
_LENGTHS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_SIZES: Final = ("bytes", "KB", "MB", "GB", "TB", "PB")
_STEP: Final = 1_024


def moment(text: str) -> datetime:
    """The whole second that an ISO time with a time zone means.

    Raises:
        CommandError: it is no time, or has no time zone.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no time: give one such as 2026-03-01T14:30:00+01:00.") from error
    if when.tzinfo is None:
        raise CommandError(
            f"{text!r} has no time zone: append Z for UTC, or an offset such as +01:00, to say which hour it is."
        )
    return when.astimezone(UTC).replace(microsecond=0)


def duration(text: str) -> float:
    """The seconds of ``90s``, ``30m``, ``6h`` or ``2d``.

    Raises:
        CommandError: it is none of these.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise CommandError(f"{text!r} is no duration: give one such as 90s, 30m, 6h or 2d.")
    return float(int(found[1]) * _UNITS[found[2]])


def stamp(when: datetime) -> str:
    """A time for people and for ``--at``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def length(seconds: float) -> str:
    """A duration in its largest unit, with one figure behind the point where it is short of ten."""
    for unit, each in _LENGTHS:
        if seconds >= each:
            return f"{_figures(seconds / each)} {unit}"
    return "0 s"


def size(count: float) -> str:
    """Bytes in their largest unit."""
    position = 0
    while count >= _STEP and position < len(_SIZES) - 1:
        count /= _STEP
        position += 1
    return f"{_figures(count)} {_SIZES[position]}"


def _figures(value: float) -> str:
    short = 10
    return f"{value:.1f}".removesuffix(".0") if value < short else f"{value:,.0f}"
