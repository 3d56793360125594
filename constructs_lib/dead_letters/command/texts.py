"""Durations and times, read and written."""

import re
from datetime import UTC, datetime
from typing import Final

from constructs_lib.dead_letters.command.failing import CommandError

__all__ = ["counted", "duration", "length", "shortened", "stamp"]

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION: Final = re.compile(r"(\d+)([smhd])")
_LENGTHS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def duration(text: str) -> int:
    """The seconds of ``90s``, ``30m``, ``6h`` or ``2d``.

    Raises:
        CommandError: it is none of these.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise CommandError(f"{text!r} is no duration: give one such as 90s, 30m, 6h or 2d.")
    return int(found[1]) * _UNITS[found[2]]


def length(seconds: float) -> str:
    """A duration in its largest unit."""
    for unit, each in _LENGTHS:
        if seconds >= each:
            return f"{seconds / each:,.0f} {unit}"
    return "0 s"


def stamp(seconds: float) -> str:
    """A time since 1970, for people."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted(number: int, noun: str = "message") -> str:
    """A number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, longest: int = 160) -> str:
    """The beginning of `text`, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."
