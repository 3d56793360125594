"""The metrics of a DynamoDB table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.published import check_rates, check_shares, each_one, publish
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.packing import from_samples
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["DynamoDbTable"]


@dataclass(frozen=True, kw_only=True)
class DynamoDbTable(Target):
    """A table that one operation reads and one writes, each request of one capacity unit.

    It has ConsumedReadCapacityUnits and ConsumedWriteCapacityUnits, ReadThrottleEvents and WriteThrottleEvents by
    table; ThrottledRequests, SystemErrors and SuccessfulRequestLatency by table and operation
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html). A request that is
    throttled consumes nothing, and none that is throttled or fails has a latency. Each has data only in minutes in
    which it happens.

    Attributes:
        name: the table's name, logical id or construct path: the dimension TableName.
        reads: how many requests a minute read on average.
        writes: how many write.
        latency: how long they take.
        errors: the share that fails in normal times.
        read: the operation that reads: the dimension Operation.
        write: the operation that writes.
    """

    reads: float = 60.0
    writes: float = 60.0
    latency: Latency = Latency(p50=4, p99=20)  # noqa: RUF009 - frozen
    errors: float = 0.0
    read: str = "GetItem"
    write: str = "PutItem"

    feels: ClassVar[frozenset[str]] = frozenset({"load", "failing", "throttled", "slower", "silent"})

    def __post_init__(self) -> None:
        """Check its figures.

        Raises:
            TimelineError: one is impossible.
        """
        check_rates(self.label, reads=self.reads, writes=self.writes)
        check_shares(self.label, errors=self.errors)

    @property
    def label(self) -> str:
        """The table and its Region."""
        return f"AWS/DynamoDB:{self.region or ''}:{self.name}"

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """Its metrics."""
        return [
            *self._metrics(minutes, "Read", self.read, self.reads),
            *self._metrics(minutes, "Write", self.write, self.writes),
        ]

    def _metrics(self, minutes: Minutes, kind: str, operation: str, rate: float) -> list[MetricSeries]:
        usual, now = minutes.usual, minutes.now
        requests = minutes.requests(kind, rate)
        throttled = minutes.part(f"{kind}/throttled", requests, usual.throttled, now.throttled)
        tried = requests[0] - throttled[0], requests[1] - throttled[1]
        failing = 1 - (1 - self.errors) * (1 - now.failing)
        failed = minutes.part(f"{kind}/failed", tried, np.full(len(failing), self.errors), failing)
        done = tried[0] - failed[0], tried[1] - failed[1]
        latency = minutes.latencies(f"{kind}/latency", self.latency, done)
        of_table = {
            f"Consumed{kind}CapacityUnits": each_one(tried[1]),
            f"{kind}ThrottleEvents": each_one(throttled[1]),
        }
        of_operation = {
            "ThrottledRequests": each_one(throttled[1]),
            "SystemErrors": each_one(failed[1]),
            "SuccessfulRequestLatency": from_samples(latency),
        }
        table = {"TableName": self.name}
        return [
            *publish(minutes, "AWS/DynamoDB", of_table, [table], region=self.region),
            *publish(
                minutes, "AWS/DynamoDB", of_operation, [{**table, "Operation": operation}], region=self.region
            ),
        ]
