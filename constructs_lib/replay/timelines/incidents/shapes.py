"""What can go wrong, and how: each shape changes its targets for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.incidents.published import check_rates, check_shares
from constructs_lib.replay.timelines.incidents.shape import Shape
from constructs_lib.replay.timelines.incidents.signals import Signals
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.samples import Floats

__all__ = [
    "DeadLetterDrip",
    "ErrorBurst",
    "LatencyStep",
    "RegionOutage",
    "Silence",
    "StalledConsumer",
    "Step",
    "ThrottleStorm",
    "TrafficSpike",
]


@dataclass(frozen=True, kw_only=True)
class ErrorBurst(Shape):
    """A share of the requests fails, beyond what usually does.

    Attributes:
        share: from 0 to 1.
    """

    share: float

    signal: ClassVar[str] = "failing"
    called: ClassVar[str] = "error burst"

    def __post_init__(self) -> None:
        """Check the share."""
        super().__post_init__()
        check_shares(self.called, share=self.share)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Let them fail."""
        _join(signals.failing, self.share * strength)


@dataclass(frozen=True, kw_only=True)
class ThrottleStorm(Shape):
    """A share of the requests is refused.

    Attributes:
        share: from 0 to 1.
    """

    share: float

    signal: ClassVar[str] = "throttled"
    called: ClassVar[str] = "throttle storm"

    def __post_init__(self) -> None:
        """Check the share."""
        super().__post_init__()
        check_shares(self.called, share=self.share)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Refuse them."""
        _join(signals.throttled, self.share * strength)


@dataclass(frozen=True, kw_only=True)
class LatencyStep(Shape):
    """Requests take a multiple of their time.

    Attributes:
        factor: of p50 and p99 alike.
    """

    factor: float

    signal: ClassVar[str] = "slower"
    called: ClassVar[str] = "latency step"

    def __post_init__(self) -> None:
        """Check the factor."""
        super().__post_init__()
        check_rates(self.called, factor=self.factor)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Slow them down."""
        signals.slower[:] *= 1 + (self.factor - 1) * strength


@dataclass(frozen=True, kw_only=True)
class TrafficSpike(Shape):
    """A multiple of the usual requests comes; below 1, fewer.

    Attributes:
        factor: of the traffic that would come at that time.
    """

    factor: float

    signal: ClassVar[str] = "load"
    called: ClassVar[str] = "traffic spike"

    def __post_init__(self) -> None:
        """Check the factor."""
        super().__post_init__()
        check_rates(self.called, factor=self.factor)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Let them come."""
        signals.load[:] *= 1 + (self.factor - 1) * strength


@dataclass(frozen=True, kw_only=True)
class DeadLetterDrip(Shape):
    """Messages come to a queue now and then, or events to a counter, beyond its usual traffic.

    Attributes:
        per_minute: how many on average.
    """

    per_minute: float

    signal: ClassVar[str] = "extra"
    called: ClassVar[str] = "dead-letter drip"

    def __post_init__(self) -> None:
        """Check the rate."""
        super().__post_init__()
        check_rates(self.called, per_minute=self.per_minute)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Let them come."""
        signals.extra[:] += self.per_minute * strength


@dataclass(frozen=True, kw_only=True)
class StalledConsumer(Shape):
    """The consumer of a queue takes less than it could.

    Attributes:
        share: of what it could take, that it does not; left out, it takes nothing.
    """

    share: float = 1.0

    signal: ClassVar[str] = "stalled"
    called: ClassVar[str] = "stalled consumer"

    def __post_init__(self) -> None:
        """Check the share."""
        super().__post_init__()
        check_shares(self.called, share=self.share)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Let it take less."""
        _join(signals.stalled, self.share * strength)


@dataclass(frozen=True, kw_only=True)
class Step(Shape):
    """A gauge moves to another level, or a counter to another rate.

    Attributes:
        to: the level, or the rate a minute.
    """

    to: float

    signal: ClassVar[str] = "toward"
    called: ClassVar[str] = "step"

    def change(self, signals: Signals, strength: Floats) -> None:
        """Move it."""
        begun = strength > 0
        signals.toward[begun], signals.level[begun] = strength[begun], self.to


@dataclass(frozen=True, kw_only=True)
class Silence(Shape):
    """Nothing is published, in minutes that it takes as a whole."""

    signal: ClassVar[str] = "silent"
    called: ClassVar[str] = "silence"

    def change(self, signals: Signals, strength: Floats) -> None:
        """Publish nothing."""
        signals.silent[:] |= strength >= 1


@dataclass(frozen=True, kw_only=True)
class RegionOutage(Shape):
    """Everything in a Region, or in a set of targets, falls silent or fails.

    Attributes:
        region: all targets of the incident that are there. Left out: those of `on`.
        fails: whether requests fail and consumers stall, and single metrics stay as they are, instead of nothing
            being published at all.
    """

    region: str | None = None
    fails: bool = False

    signal: ClassVar[str] = "silent"
    called: ClassVar[str] = "Region outage"

    def check_place(self) -> None:
        """Check that it says where.

        Raises:
            TimelineError: it says nothing, or both.
        """
        if self.region is None:
            super().check_place()
        elif self.on:
            raise TimelineError("Region outage: it has both region and on. Give one of them.")

    @property
    def title(self) -> str:
        """How its mark is called."""
        return self.name or (super().title if self.region is None else f"{self.called}: {self.region}")

    def targets(self, known: Sequence[Target]) -> tuple[Target, ...]:
        """Those of its Region."""
        if self.region is None:
            return super().targets(known)
        return tuple(each for each in known if each.region == self.region)

    def change(self, signals: Signals, strength: Floats) -> None:
        """Let all of it stop, or fail."""
        if self.fails:
            _join(signals.failing, strength)
            _join(signals.stalled, strength)
        else:
            signals.silent[:] |= strength >= 1


def _join(shares: Floats, more: Floats) -> None:
    """What is not spared by one of two independent causes."""
    shares[:] = 1 - (1 - shares) * (1 - more)
