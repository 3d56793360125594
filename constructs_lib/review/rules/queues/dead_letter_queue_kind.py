from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queue_of, queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import sure

__all__ = ["dead_letter_queue_kind"]


@rule(
    severity=Severity.ERROR,
    remedy="Give a FIFO queue a FIFO queue for its dead letters, and a standard queue a standard one.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letter_queue_kind(stack: StackReading) -> Iterator[Found]:
    """A FIFO queue leaves dead letters in a standard queue, or the reverse: SQS refuses it."""
    kinds = {True: "FIFO", False: "standard"}
    for queue in queues_of(stack):
        target = queue_of(queue.dead_letters) if queue.dead_letters else None
        if target is None or not sure(queue.node, target.node):
            continue
        if queue.fifo is not None and target.fifo is not None and queue.fifo != target.fifo:
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} is a {kinds[queue.fifo]} queue, and {target.node.path}, which gets its "
                f"dead letters, is a {kinds[target.fifo]} queue.",
            )
