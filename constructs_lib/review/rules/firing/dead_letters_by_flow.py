from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queue_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import QUEUE, readings, rings_below, watched

__all__ = ["dead_letters_by_flow"]

_OF_READERS: Final = (
    "ApproximateNumberOfMessagesNotVisible",
    "NumberOfMessagesReceived",
    "NumberOfMessagesDeleted",
    "NumberOfEmptyReceives",
)


@rule(
    severity=Severity.WARNING,
    remedy="Watch the Maximum of ApproximateNumberOfMessagesVisible.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
)
def dead_letters_by_flow(stack: StackReading) -> Iterator[Found]:
    """An alarm on a queue of dead letters watches who reads it, and not what lies in it."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "QueueName", QUEUE)
        if (
            metric.namespace != "AWS/SQS"
            or metric.name not in _OF_READERS
            or node is None
            or rings_below(alarm)
        ):
            continue
        if queue_of(node).is_dead_letter and len(alarm.metrics) == 1:
            yield Found(node=alarm.node, message=f"{alarm.node.path} is on {metric.name} of {node.path}.")
