"""What one more function, or set of alarms, costs: the slope between few and many, measured side by side.

The builds of a repetition follow each other at once, and each repetition gives one ratio: what slows the machine
down for a while slows all sides down. The median over the repetitions is the figure.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.calls import Calls, recorded
from benchmarks.workload import FEW, MANY, Side, new_stack

__all__ = ["Pair", "call_slopes", "calls_of", "time_slopes"]

Times = tuple[float, float]
"""Seconds to build, and to build and synthesize."""

WARM_UP = 2


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One figure of both sides, and how they compare."""

    ours: float
    other: float
    ratio: float

    @classmethod
    def of(cls, ours: list[float], other: list[float]) -> "Pair":
        """The medians over repetitions that belong together."""
        ratios = [one / two for one, two in zip(ours, other, strict=True)]
        return cls(ours=median(ours), other=median(other), ratio=median(ratios))


def time_slopes(ours: Side, others: Sequence[Side], repetitions: int) -> list[tuple[Pair, Pair]]:
    """Seconds that one more takes, compared with each of `others`: to build, and to build and synthesize."""
    sides = [ours, *others]
    slopes: dict[Side, list[Times]] = {side: [] for side in sides}
    for number in range(WARM_UP + repetitions):
        first = number % len(sides)
        order = [*sides[first:], *sides[:first]]
        few, many = ({side: _times(side, count) for side in order} for count in (FEW, MANY))
        if number >= WARM_UP:  # caches are filled
            for side in sides:
                slopes[side].append(_slope(few[side], many[side]))
    return [
        (_pair(slopes[ours], slopes[other], part=0), _pair(slopes[ours], slopes[other], part=1))
        for other in others
    ]


def _pair(ours: list[Times], other: list[Times], *, part: int) -> Pair:
    return Pair.of([times[part] for times in ours], [times[part] for times in other])


def _slope(few: Times, many: Times) -> Times:
    build, both = ((large - small) / (MANY - FEW) for small, large in zip(few, many, strict=True))
    return build, both


def _times(side: Side, count: int) -> Times:
    with new_stack() as (app, stack):
        build = side(stack)
        start = time.perf_counter()
        build(count)
        built = time.perf_counter()
        app.synth()
        return built - start, time.perf_counter() - start


def calls_of(ours: Side, other: Side) -> Pair:
    """The messages to Node that one more takes to build and synthesize, compared."""
    one, two = (float(sum(call_slopes(side).values())) for side in (ours, other))
    return Pair(ours=one, other=two, ratio=one / two)


def call_slopes(side: Side) -> dict[tuple[str, str], float]:
    """The messages to Node that one more takes to build and synthesize, by kind and target."""
    few, many = (_calls(side, count) for count in (FEW, MANY))
    return {call: (many[call] - few[call]) / (MANY - FEW) for call in (few | many) if many[call] != few[call]}


def _calls(side: Side, count: int) -> Calls:
    with new_stack() as (app, stack):
        build = side(stack)
        with recorded() as calls:
            build(count)
            app.synth()
    return calls
