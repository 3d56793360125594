from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, sure, targets_of

__all__ = ["target_fifo_incomplete"]


@rule(
    severity=Severity.ERROR,
    remedy="Set SqsParameters.MessageGroupId of the target, and ContentBasedDeduplication of the queue.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_SqsParameters.html",
)
def target_fifo_incomplete(stack: StackReading) -> Iterator[Found]:
    """A rule or a schedule sends to a FIFO queue that cannot take it: nothing ever arrives."""
    for target in targets_of(stack, RULE, SCHEDULE):
        queue = target.queue
        if queue is None or queue.fifo is not True or not sure(target.by, queue.node):
            continue
        if not has(target.data, "SqsParameters", "MessageGroupId"):
            yield Found(
                node=target.by,
                message=f"{target.by.path} sends to {queue.node.path}, a FIFO queue, without a MessageGroupId.",
            )
        if queue.node.flag("ContentBasedDeduplication", default=False) is False:
            yield Found(
                node=target.by,
                message=f"{target.by.path} sends to {queue.node.path}, a FIFO queue without ContentBasedDeduplication.",
            )
