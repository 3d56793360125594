from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule

__all__ = ["queue_fifo_name"]

_SUFFIX: Final = ".fifo"


@rule(
    severity=Severity.ERROR,
    remedy="End the name of a FIFO queue, and of no other, in .fifo, or leave the name out.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
)
def queue_fifo_name(stack: StackReading) -> Iterator[Found]:
    """A queue's name says that it keeps the order and its settings do not, or the reverse: SQS refuses it."""
    for queue in queues_of(stack):
        name = queue.node.value("QueueName")
        # What a name ends in is known, unless a placeholder ends it.
        if not isinstance(name, str) or name.endswith("}"):
            continue
        if queue.fifo is True and not name.endswith(_SUFFIX):
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} is a FIFO queue, and its name {name} does not end in .fifo.",
            )
        if queue.fifo is False and name.endswith(_SUFFIX):
            yield Found(
                node=queue.node, message=f"{queue.node.path} is named {name}, and FifoQueue is not true."
            )
