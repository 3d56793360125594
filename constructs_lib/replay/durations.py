"""Lengths of time as people write them."""

import re
from datetime import timedelta
from typing import Final

__all__ = ["seconds_of"]

_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_WRITTEN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")


def seconds_of(duration: str | float | timedelta) -> float:
    """The seconds of ``"90s"``, ``"5m"``, ``"1h"``, ``"2d"``, a number of seconds or a timedelta.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(duration, timedelta):
        return duration.total_seconds()
    if isinstance(duration, str):
        if found := _WRITTEN.fullmatch(duration.strip()):
            return float(found[1]) * _UNITS[found[2]]
        raise ValueError(f"{duration!r} is no duration: write 90s, 5m, 1h or 2d.")
    return float(duration)
