"""What all shapes of an incident have in common: what they happen to, when, and how strong they are."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.incidents.signals import Signals
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.moments import Span, seconds_of
from constructs_lib.replay.timelines.samples import Floats

__all__ = ["Shape", "flapping", "slow_ramp"]

_Any = TypeVar("_Any", bound="Shape")


@dataclass(frozen=True, kw_only=True)
class Shape(ABC):
    """Something that happens to targets for a while.

    Attributes:
        on: one target, or several that it happens to at once.
        at: when it begins, after the start of the timeline.
        lasts: how long it lasts.
        name: of its mark. Left out: what it is, and what it happens to.
        harmless: whether it is no incident: it gets no mark, and nothing needs to detect it.
        courses: how strong it is over its time; `slow_ramp` and `flapping` add to them. Left out: full at once.
    """

    on: Target | tuple[Target, ...] = ()
    at: Span
    lasts: Span
    name: str = ""
    harmless: bool = False
    courses: tuple[Callable[[Floats, float], Floats], ...] = ()

    signal: ClassVar[str]
    called: ClassVar[str]

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            TimelineError: it happens to nothing, or to a target that it does not change, or never.
        """
        self.check_place()
        if seconds_of(self.lasts) == 0 or seconds_of(self.at) < 0:
            raise TimelineError(f"{self.called}: it lasts {self.lasts!r}. Give a span above 0.")

    def check_place(self) -> None:
        """Check that it happens to something that changes by it.

        Raises:
            TimelineError: it does not.
        """
        if not self.on:
            raise TimelineError(f"{self.called}: it happens to nothing. Give its targets as on.")
        for target in self.targets(()):
            if self.signal not in target.feels:
                raise TimelineError(
                    f"{self.called}: {target.label} does not change by it. "
                    f"Give a target that feels {self.signal!r}, or another shape."
                )

    @property
    def title(self) -> str:
        """How its mark is called."""
        return self.name or f"{self.called}: {', '.join(each.name for each in self.targets(()))}"

    def targets(self, known: Sequence[Target]) -> tuple[Target, ...]:  # noqa: ARG002 - an outage of a Region asks for them
        """What it happens to, of those that the incident knows."""
        return (self.on,) if isinstance(self.on, Target) else self.on

    def strength(self, minutes: int) -> Floats:
        """How much of each minute it takes, times how strong it is then: 0 to 1."""
        first, lasts = seconds_of(self.at), seconds_of(self.lasts)
        begins = 60.0 * np.arange(minutes)
        low, high = np.maximum(begins, first), np.minimum(begins + 60, first + lasts)
        share: Floats = np.clip(high - low, 0, None) / 60
        elapsed = np.clip((low + high) / 2 - first, 0, lasts)
        for course in self.courses:
            share = share * course(elapsed, lasts)
        return share

    @abstractmethod
    def change(self, signals: Signals, strength: Floats) -> None:
        """Write to the signals of one target."""


def slow_ramp(shape: _Any) -> _Any:
    """The same, growing from nothing at its start to full strength at its end."""
    return replace(shape, courses=(*shape.courses, _growing))


def flapping(shape: _Any, *, up: Span, down: Span) -> _Any:
    """The same, coming and going: `up` long at full strength, then gone for `down`, and again.

    Raises:
        TimelineError: `up` is no span above 0.
    """
    on, cycle = seconds_of(up), seconds_of(up) + seconds_of(down)
    if on < 1:
        raise TimelineError(f"flapping: up is {up!r}. Give a span above 0.")

    def coming_and_going(elapsed: Floats, _: float) -> Floats:
        return (elapsed % cycle < on).astype(np.float64)

    return replace(shape, courses=(*shape.courses, coming_and_going))


def _growing(elapsed: Floats, lasts: float) -> Floats:
    return elapsed / lasts
