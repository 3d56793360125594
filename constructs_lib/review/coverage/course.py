"""What happens in an incident, and for how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.replay.timelines.incidents.shape import Shape
from constructs_lib.replay.timelines.incidents.shapes import ErrorBurst, Silence, Step, ThrottleStorm
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.review.coverage.mode import AN_HOUR, DAYS_OF_SILENCE, SHARE

__all__ = ["A_DAY", "Course", "Facts", "Metrics", "fails", "is_silent", "is_throttled", "moves"]

Facts = Mapping[str, float]
Metrics = tuple[tuple[str, str], ...]

A_DAY: Final = 1_440
"""Minutes."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What happens, and for how long.

    Attributes:
        shapes: makes the shapes, from when they begin and how long they last.
        minutes: how long they last.
        others: targets that nothing happens to.
    """

    shapes: Callable[[str, str], tuple[Shape, ...]]
    minutes: int = AN_HOUR
    others: tuple[Target, ...] = ()


def fails(target: Target) -> Course:
    return Course(shapes=lambda at, lasts: (ErrorBurst(on=target, at=at, lasts=lasts, share=SHARE),))


def is_throttled(target: Target) -> Course:
    return Course(shapes=lambda at, lasts: (ThrottleStorm(on=target, at=at, lasts=lasts, share=SHARE),))


def is_silent(*targets: Target, minutes: int = DAYS_OF_SILENCE * A_DAY) -> Course:
    return Course(shapes=lambda at, lasts: (Silence(on=targets, at=at, lasts=lasts),), minutes=minutes)


def moves(gauges: Mapping[Target, float], *, others: tuple[Target, ...] = ()) -> Course:
    return Course(
        shapes=lambda at, lasts: tuple(
            Step(on=gauge, at=at, lasts=lasts, to=to) for gauge, to in gauges.items()
        ),
        others=others,
    )
