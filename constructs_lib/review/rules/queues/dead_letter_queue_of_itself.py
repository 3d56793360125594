from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule

__all__ = ["dead_letter_queue_of_itself"]


@rule(
    severity=Severity.ERROR,
    remedy="Make a second queue for the dead letters.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letter_queue_of_itself(stack: StackReading) -> Iterator[Found]:
    """A queue is the target of its own dead letters: they stay where they are."""
    for queue in queues_of(stack):
        if queue.dead_letters is queue.node:
            yield Found(node=queue.node, message=f"{queue.node.path} names itself in its RedrivePolicy.")
