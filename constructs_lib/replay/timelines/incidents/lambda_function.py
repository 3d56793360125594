"""The metrics of a Lambda function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.published import (
    check_rates,
    check_shares,
    indicator,
    level,
    publish,
)
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.packing import from_samples
from constructs_lib.replay.timelines.samples import Floats, Integers
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["LambdaFunction"]


@dataclass(frozen=True, kw_only=True)
class LambdaFunction(Target):
    """A function: Invocations, Errors, Throttles, Duration and ConcurrentExecutions.

    They agree with each other: a throttled request is neither an invocation nor an error, only invocations can be
    errors, and each has one Duration
    (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html). Concurrency is the invocations
    times their mean duration, with the peak that random arrivals have; view it with Maximum. A minute without
    requests has no data.

    Attributes:
        name: the function's name, logical id or construct path: the dimension FunctionName.
        alias: the alias that is called; its metrics have the dimension Resource `name:alias` too. Left out: the
            function itself is.
        per_minute: how many requests come on average.
        duration: how long they take.
        errors: the share of them that fails in normal times.
        concurrency: the most that run at once; what a storm of throttles shows. Left out: not limited.
    """

    alias: str | None = None
    per_minute: float = 60.0
    duration: Latency = Latency(p50=80, p99=600)  # noqa: RUF009 - frozen
    errors: float = 0.0
    concurrency: int | None = None

    feels: ClassVar[frozenset[str]] = frozenset({"load", "failing", "throttled", "slower", "silent"})

    def __post_init__(self) -> None:
        """Check its figures.

        Raises:
            TimelineError: one is impossible.
        """
        check_rates(self.label, per_minute=self.per_minute, concurrency=self.concurrency or 0)
        check_shares(self.label, errors=self.errors)

    @property
    def label(self) -> str:
        """The function, its alias and Region."""
        return ":".join(["AWS/Lambda", self.region or "", self.name, *([self.alias] if self.alias else [])])

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """Its metrics."""
        usual, now = minutes.usual, minutes.now
        requests = minutes.requests("requests", self.per_minute)
        throttles = minutes.part("throttles", requests, usual.throttled, now.throttled)
        invocations = requests[0] - throttles[0], requests[1] - throttles[1]
        failing = 1 - (1 - self.errors) * (1 - now.failing)
        usually_failing = np.full(len(failing), self.errors)
        errors = minutes.part("errors", invocations, usually_failing, failing)[1]
        durations = from_samples(minutes.latencies("duration", self.duration, invocations))
        busy = np.nan_to_num(durations.sum) / 60_000
        metrics = {
            "Invocations": indicator(invocations[1], invocations[1]),
            "Errors": indicator(invocations[1], errors),
            "Throttles": indicator(requests[1], throttles[1]),
            "Duration": durations,
            "ConcurrentExecutions": level(self._running(busy, invocations[1], throttles[1])).without(
                invocations[1] == 0
            ),
        }
        dimensions = [{"FunctionName": self.name}]
        if self.alias:
            dimensions.append({"FunctionName": self.name, "Resource": f"{self.name}:{self.alias}"})
        return publish(minutes, "AWS/Lambda", metrics, dimensions, region=self.region)

    def _running(self, busy: Floats, invocations: Integers, throttles: Integers) -> Floats:
        """The most that ran at once: their mean number and two standard deviations of random arrivals."""
        peak: Floats = np.minimum(np.ceil(busy + 2 * np.sqrt(busy)), invocations)
        if self.concurrency is None:
            return peak
        return np.where(throttles > 0, float(self.concurrency), np.minimum(peak, self.concurrency))
