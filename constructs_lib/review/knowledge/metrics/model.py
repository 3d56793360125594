"""What a catalogue of metrics says of each."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Kind", "Published", "Service", "dimension_sets", "named", "names_of"]


class Kind(StrEnum):
    """What the datapoints of a metric are."""

    EVENTS = "events"
    """How often something happened: their sum counts."""
    LEVEL = "level"
    """How much there is at a moment: their sum means nothing."""
    TIME = "time"
    """How long something took, a datapoint each."""
    SIZE = "size"
    """How large something was, or how much was carried."""
    SHARE = "share"
    """A part of a whole: their sum means nothing."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A metric of a service.

    Attributes:
        kind: what its datapoints are.
        unit: which it is published with; None where that isn't documented.
        by: the sets of dimensions that it is published with; empty where they are those of its service.
        highest: the largest value that a datapoint has; None where there is none.
        least: the smallest value that a datapoint has, where there is one; None where it may be below zero.
        sparse: whether it is published only when something happens.
        every: seconds between its datapoints.
    """

    kind: Kind
    unit: str | None = None
    by: tuple[frozenset[str], ...] = ()
    highest: float | None = None
    least: float | None = 0
    sparse: bool = False
    every: int = 60


@dataclass(frozen=True, kw_only=True)
class Service:
    """The metrics of a namespace.

    Attributes:
        source: the page that lists them.
        metrics: name to what is known of it.
        by: the sets of dimensions that they are published with.
        at_least: sets of dimensions that others may come with.
        complete: whether all metrics and sets of dimensions that its page lists are here.
        region: the only Region where they are; None where they are in that of the resource.
        others: dimensions of which is known only that they exist.
        going_on: how names begin that go on with a code, such as that of an error.
    """

    source: str
    metrics: Mapping[str, Published]
    by: tuple[frozenset[str], ...] = ()
    at_least: tuple[frozenset[str], ...] = ()
    complete: bool = True
    region: str | None = None
    others: frozenset[str] = field(default_factory=frozenset)
    going_on: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        """Whether a metric of it has this name."""
        return name in self.metrics or name.startswith(self.going_on)

    def sets_of(self, metric: Published) -> tuple[frozenset[str], ...]:
        """The sets of dimensions that a metric of it is published with."""
        return metric.by or self.by

    def has(self, metric: Published, names: AbstractSet[str]) -> bool:
        """Whether a metric of it is published with these dimensions."""
        return names in self.sets_of(metric) or any(least <= names for least in self.at_least)

    @property
    def dimensions(self) -> frozenset[str]:
        """The names of all dimensions of it."""
        sets = [*self.by, *self.at_least, *(each for metric in self.metrics.values() for each in metric.by)]
        return self.others.union(*sets)


def dimension_sets(*texts: str) -> tuple[frozenset[str], ...]:
    """Sets of dimensions, each written as names with spaces between; an empty text is the set without any."""
    return tuple(frozenset(text.split()) for text in texts)


def names_of(text: str) -> frozenset[str]:
    """Names, written with spaces between."""
    return frozenset(text.split())


def named(names: str, published: Published) -> dict[str, Published]:
    """Metrics of which the same is known; their names are written with spaces between."""
    return dict.fromkeys(names.split(), published)
