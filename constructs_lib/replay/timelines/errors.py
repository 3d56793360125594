"""The one error of timelines, and how it shows a bad value."""

import reprlib

__all__ = ["TimelineError", "shown"]

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxdict = _SHORT.maxlist = 4
_SHORT.maxstring = _SHORT.maxother = 60


class TimelineError(ValueError):
    """A timeline that cannot be read or built: one line, with the place, what is wrong and what to do."""

    def at(self, place: str) -> "TimelineError":
        """The same error, told with the place before it."""
        return TimelineError(f"{place}: {self}")


def shown(value: object) -> str:
    """A value for an error message: short, and on one line, whatever it is."""
    return _SHORT.repr(value)
