from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.reading.queues import queue_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import QUEUE, made_with, rising, watched

__all__ = ["age_above_retention"]

_MILLISECONDS_AN_HOUR: Final = 3_600_000


@rule(
    severity=Severity.ERROR,
    remedy="Give a threshold well below the retention period, or a longer retention.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
)
def age_above_retention(stack: StackReading) -> Iterator[Found]:
    """An alarm waits for messages or records that are older than they are kept."""
    for alarm, metric in rising(stack, "AWS/SQS", "ApproximateAgeOfOldestMessage"):
        queue = watched(alarm, metric, "QueueName", QUEUE)
        if queue is not None and made_with(alarm, queue):
            yield from _beyond(alarm, queue, queue_of(queue).retention, "s")
    for alarm, metric in rising(stack, "AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds"):
        stream = watched(alarm, metric, "StreamName", "AWS::Kinesis::Stream")
        hours = stream.number("RetentionPeriodHours", default=24) if stream else None
        if stream is not None and hours is not None and made_with(alarm, stream):
            yield from _beyond(alarm, stream, hours * _MILLISECONDS_AN_HOUR, "ms")


def _beyond(alarm: Alarm, node: Node, kept: float | None, unit: str) -> Iterator[Found]:
    if kept is not None and alarm.threshold is not None and alarm.threshold > kept:
        yield Found(
            node=alarm.node,
            message=f"{alarm.node.path} rings above {alarm.threshold:g} {unit}; {node.path} keeps it {kept:g} {unit}.",
        )
