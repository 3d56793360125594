from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queue_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import QUEUE, made_with, readings, title, watched

__all__ = ["dead_letters_by_sent"]


@rule(
    severity=Severity.ERROR,
    remedy="Watch the Maximum of ApproximateNumberOfMessagesVisible.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letters_by_sent(stack: StackReading) -> Iterator[Found]:
    """An alarm counts messages sent to a queue of dead letters, and those that SQS moves there do not count."""
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "QueueName", QUEUE)
        if metric.name != "NumberOfMessagesSent" or metric.namespace != "AWS/SQS" or node is None:
            continue
        leavers = queue_of(node).left_by
        if leavers and all(each.type == QUEUE and made_with(alarm, each) for each in leavers):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on NumberOfMessagesSent of {node.path}, where SQS moves those "
                f"of {leavers[0].path}.",
            )
