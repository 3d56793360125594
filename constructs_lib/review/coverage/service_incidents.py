"""How queues, tables, APIs, state machines, schedules, rules and topics fail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from constructs_lib.replay.timelines.incidents.api import HttpApi, RestApi
from constructs_lib.replay.timelines.incidents.dynamodb_table import DynamoDbTable
from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.metric_targets import Counter, Gauge
from constructs_lib.replay.timelines.incidents.published import level, publish
from constructs_lib.replay.timelines.incidents.shapes import DeadLetterDrip, LatencyStep, StalledConsumer
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.incidents.sqs_queue import DeadLetterQueue, SqsQueue
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.review.coverage.course import (
    A_DAY,
    Course,
    Facts,
    Metrics,
    fails,
    is_silent,
    is_throttled,
    moves,
)
from constructs_lib.review.coverage.mode import DAYS_OF_SILENCE, LOST_A_MINUTE, PER_MINUTE, SHARE

__all__ = ["SERVICE_INCIDENTS"]

_LATE: Final = 600_000.0
"""Milliseconds until what is written arrives in another Region."""
_DIMENSIONS: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    # Where a loss is published: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
    "AWS/Lambda": ({"FunctionName": "function"},),
    "AWS/Events": ({"RuleName": "rule"}, {"EventBusName": "bus", "RuleName": "rule of a bus"}),
    "AWS/Scheduler": ({"ScheduleGroup": "group"},),
    "AWS/SNS": ({"TopicName": "topic"},),
}
_OF_FUNCTION: Final = (
    {"FunctionName": "function"},
    {"FunctionName": "function", "Resource": "function:part"},
)
"""Where Lambda publishes what happens to an alias.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html"""
_OF_MAPPINGS: Final = ({"EventSourceMappingUUID": "mapping"},)
"""Likewise of metrics that count events of an event source mapping."""


@dataclass(frozen=True, kw_only=True)
class Regular(Target):
    """Something that happens once every so many minutes, as what a schedule invokes does.

    Attributes:
        namespace: where it is published.
        metrics: name of each metric to its value each time.
        dimensions: the sets of dimensions that it is published by.
        every: minutes.
    """

    namespace: str
    metrics: Mapping[str, float]
    dimensions: Sequence[Mapping[str, str]]
    every: int

    feels: ClassVar[frozenset[str]] = frozenset({"silent"})

    @property
    def label(self) -> str:
        """What it is."""
        return f"{self.namespace}:{self.name}"

    def series(self, minutes: Minutes) -> list[MetricSeries]:
        """One sample whenever it is due."""
        count = len(minutes.now.load)
        due = np.arange(count) % self.every == 0
        metrics = {name: level(np.full(count, value)).without(~due) for name, value in self.metrics.items()}
        return publish(minutes, self.namespace, metrics, self.dimensions, region=None)


def _slow_api(api: type[HttpApi]) -> Course:
    target = api(name="api", stage="part", per_minute=PER_MINUTE, latency=Latency(p50=40, p99=100))
    return Course(shapes=lambda at, lasts: (LatencyStep(on=target, at=at, lasts=lasts, factor=100),))


def _stalled_queue(_: Metrics, facts: Facts) -> Course:
    target = SqsQueue(name="queue", per_minute=PER_MINUTE)
    return Course(
        shapes=lambda at, lasts: (StalledConsumer(on=target, at=at, lasts=lasts),),
        minutes=round(60 * facts["retention_hours"]),
    )


def _arriving(_: Metrics, __: Facts) -> Course:
    target = DeadLetterQueue(name="queue")
    return Course(
        shapes=lambda at, lasts: (DeadLetterDrip(on=target, at=at, lasts=lasts, per_minute=LOST_A_MINUTE),)
    )


def _drip(metrics: Metrics, _: Facts) -> Course:
    """Something is lost now and then; services publish a loss only when there is one."""
    targets: list[Target] = []
    for namespace, name in metrics:
        if namespace == "AWS/SQS":
            targets.append(DeadLetterQueue(name="dead-letters"))
            continue
        by = _OF_MAPPINGS if name.endswith("EventCount") else _DIMENSIONS[namespace]
        targets += [Counter(namespace=namespace, name=name, dimensions=each, zeros=False) for each in by]
    return Course(
        shapes=lambda at, lasts: tuple(
            DeadLetterDrip(on=each, at=at, lasts=lasts, per_minute=LOST_A_MINUTE) for each in targets
        )
    )


def _failing_executions(metrics: Metrics, _: Facts) -> Course:
    """Executions end otherwise than they should, and fewer succeed."""
    ((namespace, name),) = metrics
    machine = {"StateMachineArn": "machine"}
    failed = Counter(namespace=namespace, name=name, dimensions=machine, zeros=False)
    started, succeeded = (
        Counter(namespace=namespace, name=each, dimensions=machine, per_minute=PER_MINUTE, zeros=False)
        for each in ("ExecutionsStarted", "ExecutionsSucceeded")
    )
    lost = SHARE * PER_MINUTE
    return moves({failed: lost, succeeded: PER_MINUTE - lost}, others=(started,))


def _late_replication(_: Metrics, __: Facts) -> Course:
    latency = Gauge(
        namespace="AWS/DynamoDB",
        name="ReplicationLatency",
        dimensions={"TableName": "table", "ReceivingRegion": "part"},
        level=1_000,
    )
    return moves({latency: _LATE}, others=(_table(reads=PER_MINUTE, writes=PER_MINUTE),))


def _stopped_schedule(_: Metrics, facts: Facts) -> Course:
    """Where others invoke the function, too, they go on."""
    every = max(1, round(facts["every_minutes"]))
    function = Regular(
        name="function",
        namespace="AWS/Lambda",
        metrics={"Invocations": 1, "Errors": 0, "Throttles": 0},
        dimensions=_OF_FUNCTION,
        every=every,
    )
    group = Regular(
        name="group",
        namespace="AWS/Scheduler",
        metrics={"InvocationAttemptCount": 1},
        dimensions=_DIMENSIONS["AWS/Scheduler"],
        every=every,
    )
    ended, others = ((group,), (function,)) if facts["others"] else ((function, group), ())
    return replace(is_silent(*ended, minutes=max(DAYS_OF_SILENCE * A_DAY, 2 * every)), others=others)


def _table(*, reads: float, writes: float) -> DynamoDbTable:
    return DynamoDbTable(name="table", reads=reads, writes=writes)


def _rest() -> RestApi:
    return RestApi(name="api", stage="part", per_minute=PER_MINUTE)


def _http() -> HttpApi:
    return HttpApi(name="api", stage="part", per_minute=PER_MINUTE)


SERVICE_INCIDENTS: Final[Mapping[str, Callable[[Metrics, Facts], Course]]] = {
    "queue_stalls": _stalled_queue,
    "dead_letters_arrive": _arriving,
    "drip": _drip,
    "table_throttles_reads": lambda *_: is_throttled(_table(reads=PER_MINUTE, writes=0)),
    "table_throttles_writes": lambda *_: is_throttled(_table(reads=0, writes=PER_MINUTE)),
    "table_fails": lambda *_: fails(_table(reads=PER_MINUTE, writes=PER_MINUTE)),
    "table_replicates_late": _late_replication,
    "http_api_fails": lambda *_: fails(_http()),
    "http_api_is_slow": lambda *_: _slow_api(HttpApi),
    "http_api_refuses": lambda *_: is_throttled(_http()),
    "http_api_is_silent": lambda *_: is_silent(_http()),
    "rest_api_fails": lambda *_: fails(_rest()),
    "rest_api_is_slow": lambda *_: _slow_api(RestApi),
    "rest_api_refuses": lambda *_: is_throttled(_rest()),
    "rest_api_is_silent": lambda *_: is_silent(_rest()),
    "executions_fail": _failing_executions,
    "schedule_stops": _stopped_schedule,
}
"""Name of an incident to what makes it, of the metrics of the mode and the facts of the resource."""
