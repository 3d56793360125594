"""Figures that AWS takes only from a range, and how a resource's own are held against them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

__all__ = ["Figures", "Range", "figure", "lasting", "outside"]

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class Figures(Protocol):
    """What has figures: a resource, or a part of one."""

    @property
    def path(self) -> str:
        """What people call it."""
        ...

    def number(self, *keys: str | int) -> float | None:
        """A figure; None where it is absent, unknown or none."""
        ...


@dataclass(frozen=True, kw_only=True)
class Range:
    """Which values a property may have.

    Attributes:
        keys: where the property is.
        low: the least.
        high: the most.
        also: values beyond it that are allowed, such as -1 for "without end".
    """

    keys: tuple[str, ...]
    low: float
    high: float
    also: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """The property, as people write it."""
        return ".".join(self.keys)

    def refuses(self, value: float) -> bool:
        """Whether AWS refuses a value."""
        return not self.low <= value <= self.high and value not in self.also

    def __str__(self) -> str:
        """The range in words."""
        also = "".join(f"{figure(each)} or " for each in self.also)
        return f"{also}{figure(self.low)} to {figure(self.high)}"


def outside(what: Figures, ranges: Sequence[Range]) -> Iterator[str]:
    """A sentence for each figure that is known and beyond its range."""
    for each in ranges:
        value = what.number(*each.keys)
        if value is not None and each.refuses(value):
            yield f"{what.path} has a {each.name} of {figure(value)}; it may be {each}."


def lasting(seconds: float) -> str:
    """Seconds as people say them, in the largest unit that is whole."""
    size, unit = next((each for each in _UNITS if seconds and seconds % each[0] == 0), _UNITS[-1])
    count = seconds / size
    return f"{figure(count)} {unit}{'' if count == 1 else 's'}"


def figure(value: float) -> str:
    """A number as people read it."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
