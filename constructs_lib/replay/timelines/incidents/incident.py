"""Timelines built in code, so that a test reads like the incident that it describes.

    >>> orders = LambdaFunction(name="CreateOrder", alias="live", per_minute=120)
    >>> lost = DeadLetterQueue(name="CreateOrderDeadLetters")
    >>> timeline = (
    ...     Incident(start="2026-03-02T00:00Z", duration="12h", seed=7)
    ...     + ErrorBurst(on=orders, at="9h", lasts="20m", share=0.3)
    ...     + DeadLetterDrip(on=lost, at="9h2m", lasts="20m", per_minute=2)
    ...     + slow_ramp(LatencyStep(on=orders, at="10h", lasts="1h", factor=8, name="slow database"))
    ... ).timeline()
    >>> [mark.name for mark in timeline.marks][-1]
    'slow database'

Targets say what normal is, shapes what goes wrong: each changes its targets for a while, and several at once add
up. Chance comes from the seed, separately for each target and metric, so a minute that no shape touches is the same
with and without it, but for messages that are still in a queue.
"""

from dataclasses import dataclass, replace

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.incidents.season import Season
from constructs_lib.replay.timelines.incidents.shape import Shape
from constructs_lib.replay.timelines.incidents.signals import Chance, Minutes, Signals
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.moments import Instant, Span, epoch_of, instant_of, seconds_of
from constructs_lib.replay.timelines.samples import Floats
from constructs_lib.replay.timelines.series import LONGEST, MetricSeries
from constructs_lib.replay.timelines.timeline import Mark, Timeline

__all__ = ["Incident", "normal_traffic"]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Normal traffic, and what goes wrong in it. `incident + target + shape` is a new one with these too.

    Attributes:
        start: when the timeline begins: a whole minute.
        duration: how long it is: whole minutes.
        seed: what chance is drawn from; the same seed gives the same timeline.
        season: how traffic goes over days and weeks, alike for all targets.
        targets: what has metrics.
        shapes: what happens; the targets of a shape have metrics too.
    """

    start: Instant
    duration: Span
    seed: int = 0
    season: Season = Season()  # noqa: RUF009 - frozen
    targets: tuple[Target, ...] = ()
    shapes: tuple[Shape, ...] = ()

    def __post_init__(self) -> None:
        """Check its times and that no two targets are the same.

        Raises:
            TimelineError: they are, or it is not of whole minutes, or a shape is not within it.
        """
        seconds = seconds_of(self.duration)
        if epoch_of(self.start) % 60 or seconds % 60 or not 0 < seconds // 60 <= LONGEST:
            raise TimelineError(
                f"Incident: it starts at {self.start} and lasts {self.duration}. "
                f"Give whole minutes, from one to {LONGEST:,}."
            )
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise TimelineError(f"Incident: seed is {self.seed!r}. Give a whole number from 0.")
        found: dict[str, Target] = {}
        named = (target for shape in self.shapes for target in shape.targets(self.targets))
        for target in (*self.targets, *named):
            if found.setdefault(target.label, target) != target:
                raise TimelineError(
                    f"Incident: two different targets are {target.label}. Use one value for both."
                )
        object.__setattr__(self, "targets", tuple(found.values()))
        for shape in self.shapes:
            if seconds_of(shape.at) + seconds_of(shape.lasts) > seconds:
                raise TimelineError(
                    f"Incident: {shape.title!r} goes on after its end. Begin it earlier, or let the incident "
                    f"last longer than {self.duration}."
                )

    def __add__(self, part: Target | Shape) -> "Incident":
        """The same with a further target or shape."""
        if isinstance(part, Shape):
            return replace(self, shapes=(*self.shapes, part))
        if isinstance(part, Target):
            return replace(self, targets=(*self.targets, part))
        return NotImplemented

    def timeline(self) -> Timeline:
        """The metrics of its targets by the minute, and a mark for each shape that is not harmless.

        Raises:
            TimelineError: it has no target, or a Region that fails has none.
        """
        if not self.targets:
            raise TimelineError("Incident: it has no target. Add one, such as a LambdaFunction.")
        start, minutes = epoch_of(self.start), seconds_of(self.duration) // 60
        times = np.arange(start, start + 60 * minutes, 60, dtype=np.float64)
        load = self.season.load(times, np.random.default_rng([self.seed, len("season")]))
        return Timeline(
            start=instant_of(start),
            end=instant_of(start + 60 * minutes),
            series=tuple(each for target in self.targets for each in self._series(target, start, load)),
            marks=tuple(self._mark(shape, start) for shape in self.shapes if not shape.harmless),
        )

    def _series(self, target: Target, start: int, load: Floats) -> list[MetricSeries]:
        now = Signals.normal(load)
        for shape in self.shapes:
            if target in shape.targets(self.targets):
                shape.change(now, shape.strength(len(load)))
        minutes = Minutes(
            start=start, usual=Signals.normal(load), now=now, chance=Chance(self.seed, target.label)
        )
        return list(target.series(minutes))

    def _mark(self, shape: Shape, start: int) -> Mark:
        if not shape.targets(self.targets):
            raise TimelineError(
                f"Incident: {shape.title!r} happens to no target. Add those that it should hit."
            )
        begins = start + seconds_of(shape.at)
        return Mark(
            name=shape.title,
            start=instant_of(begins),
            end=instant_of(begins + seconds_of(shape.lasts)),
        )


def normal_traffic(
    *targets: Target, start: Instant, days: int = 30, seed: int = 0, season: Season | None = None
) -> Timeline:
    """Nothing but normal traffic, with season and noise: nothing should ring in it.

    Args:
        *targets: what has metrics.
        start: when it begins: a whole minute.
        days: how long it goes on; left out, a month.
        seed: what chance is drawn from.
        season: how traffic goes over days and weeks; left out, as Season has it.

    Raises:
        TimelineError: there is no target, or a figure is impossible.
    """
    return Incident(
        start=start, duration=f"{days}d", seed=seed, season=season or Season(), targets=targets
    ).timeline()
