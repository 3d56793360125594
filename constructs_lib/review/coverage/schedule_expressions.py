"""How often a schedule runs.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from typing import Final

__all__ = ["minutes_between"]

_RATE: Final = re.compile(r"rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)")
_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1_440}
_CRON: Final = re.compile(r"cron\(\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*\)")
_EVERY: Final = ("*", "?")
_MOST: Final = 10_080
"""A week: an alarm looks back no further."""


def minutes_between(expression: str | None) -> float | None:
    """Minutes from one run to the next, where they are always as many; None where they are not, or nobody knows.

    A cron expression counts where it names one minute of every hour, or one time of every day.
    """
    if expression is None:
        return None
    if found := _RATE.fullmatch(expression):
        minutes = int(found[1]) * _MINUTES[found[2]]
        return minutes if 0 < minutes <= _MOST else None
    if (found := _CRON.fullmatch(expression)) and found[1].isdecimal():
        hour, rest = found[2], found.groups()[2:]
        if all(each in _EVERY for each in rest):
            return 60 if hour == "*" else 1_440 if hour.isdecimal() else None
    return None
