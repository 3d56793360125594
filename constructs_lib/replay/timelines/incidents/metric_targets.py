"""Single metrics of any namespace as targets of an incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.published import check_rates, each_one, level, publish
from constructs_lib.replay.timelines.incidents.signals import Minutes, Signals
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.metric_names import metric_text
from constructs_lib.replay.timelines.packing import Packed, from_samples
from constructs_lib.replay.timelines.samples import Floats
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["Counter", "Gauge", "Timer"]


@dataclass(frozen=True, kw_only=True)
class _Metric(Target):
    namespace: str
    dimensions: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit: str | None = None

    @property
    def label(self) -> str:
        """The metric and its Region."""
        metric = metric_text(self.namespace, self.name, dict(sorted(self.dimensions.items())))
        return f"{metric}:{self.region or ''}"

    def _published(self, minutes: Minutes, packed: Packed) -> list[MetricSeries]:
        metrics = {self.name: packed}
        return publish(
            minutes, self.namespace, metrics, [self.dimensions], region=self.region, unit=self.unit
        )


@dataclass(frozen=True, kw_only=True)
class Counter(_Metric):
    """A metric that counts events, one sample of 1 each.

    Attributes:
        namespace: the metric's.
        name: the metric's.
        dimensions: the metric's.
        unit: the metric's; left out, it has none.
        per_minute: how often it happens on average.
        zeros: whether a minute in which it does not happen is published as 0; else it has no data.
    """

    per_minute: float = 0.0
    zeros: bool = True

    feels: ClassVar[frozenset[str]] = frozenset({"load", "extra", "toward", "silent"})

    def __post_init__(self) -> None:
        """Check its rate.

        Raises:
            TimelineError: it is impossible.
        """
        check_rates(self.label, per_minute=self.per_minute)

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """The metric."""
        usual = minutes.usual.load * self.per_minute
        now = _moved(minutes.now, minutes.now.load * self.per_minute) + minutes.now.extra
        happened = minutes.chance.poisson("events", usual, now)
        packed = each_one(happened)
        if self.zeros:
            none = happened == 0
            count = np.where(none, 1.0, packed.count)
            total, least, most = (
                np.where(none, 0.0, each) for each in (packed.sum, packed.minimum, packed.maximum)
            )
            packed = Packed(count, total, least, most, packed.samples)
        return self._published(minutes, packed)


@dataclass(frozen=True, kw_only=True)
class Gauge(_Metric):
    """A metric that tells a level once a minute.

    Attributes:
        namespace: the metric's.
        name: the metric's.
        dimensions: the metric's.
        unit: the metric's; left out, it has none.
        level: its usual value.
        noise: by how much it differs from minute to minute: standard deviation.
    """

    level: float
    noise: float = 0.0

    feels: ClassVar[frozenset[str]] = frozenset({"toward", "silent"})

    def __post_init__(self) -> None:
        """Check its noise.

        Raises:
            TimelineError: it is below 0.
        """
        check_rates(self.label, noise=self.noise)

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """The metric."""
        noise = self.noise * minutes.chance.normal("noise", len(minutes.now.load))
        return self._published(minutes, level(_moved(minutes.now, np.full(len(noise), self.level)) + noise))


@dataclass(frozen=True, kw_only=True)
class Timer(_Metric):
    """A metric of latencies in milliseconds, one sample a request.

    Attributes:
        namespace: the metric's.
        name: the metric's.
        dimensions: the metric's.
        unit: the metric's; left out, it has none.
        per_minute: how many requests come on average.
        latency: how long they take.
    """

    per_minute: float = 60.0
    latency: Latency = Latency(p50=80, p99=600)  # noqa: RUF009 - frozen

    feels: ClassVar[frozenset[str]] = frozenset({"load", "slower", "silent"})

    def __post_init__(self) -> None:
        """Check its rate.

        Raises:
            TimelineError: it is impossible.
        """
        check_rates(self.label, per_minute=self.per_minute)

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """The metric."""
        requests = minutes.requests("requests", self.per_minute)
        return self._published(minutes, from_samples(minutes.latencies("latency", self.latency, requests)))


def _moved(now: Signals, usual: Floats) -> Floats:
    return usual * (1 - now.toward) + now.level * now.toward
