"""What one more function costs: the slope between a small and a large stack, measured side by side.

The four builds of a repetition follow each other at once, and each repetition gives one ratio: what slows the
machine down for a while slows both sides down. The median over the repetitions is the figure.
"""

import time
from dataclasses import dataclass
from statistics import median

from benchmarks.calls import Calls, recorded
from benchmarks.workload import Side, new_stack

__all__ = ["Pair", "call_slopes", "time_slopes"]

Times = tuple[float, float]
"""Seconds to build, and to build and synthesize."""

FEW, MANY = 2, 12
WARM_UP = 2


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One figure of both sides, and how they compare."""

    ours: float
    twin: float
    ratio: float

    @classmethod
    def of(cls, ours: list[float], twin: list[float]) -> "Pair":
        """The medians over repetitions that belong together."""
        ratios = [one / two for one, two in zip(ours, twin, strict=True)]
        return cls(ours=median(ours), twin=median(twin), ratio=median(ratios))


def time_slopes(ours: Side, twin: Side, repetitions: int) -> tuple[Pair, Pair]:
    """Seconds that one more function takes: to build, and to build and synthesize."""
    pairs: list[tuple[Times, Times]] = []
    for number in range(WARM_UP + repetitions):
        order = (ours, twin) if number % 2 else (twin, ours)
        few, many = ({side: _times(side, count) for side in order} for count in (FEW, MANY))
        if number >= WARM_UP:  # caches are filled
            pairs.append((_slope(few[ours], many[ours]), _slope(few[twin], many[twin])))
    build, both = (
        Pair.of([one[part] for one, _ in pairs], [two[part] for _, two in pairs]) for part in (0, 1)
    )
    return build, both


def _slope(few: Times, many: Times) -> Times:
    build, both = ((large - small) / (MANY - FEW) for small, large in zip(few, many, strict=True))
    return build, both


def _times(side: Side, count: int) -> Times:
    with new_stack() as (app, stack):
        start = time.perf_counter()
        side(stack, count)
        built = time.perf_counter()
        app.synth()
        return built - start, time.perf_counter() - start


def call_slopes(side: Side) -> dict[tuple[str, str], float]:
    """The messages to Node that one more function takes to build and synthesize, by kind and target."""
    few, many = (_calls(side, count) for count in (FEW, MANY))
    return {call: (many[call] - few[call]) / (MANY - FEW) for call in (few | many) if many[call] != few[call]}


def _calls(side: Side, count: int) -> Calls:
    with new_stack() as (app, stack), recorded() as calls:
        side(stack, count)
        app.synth()
    return calls
