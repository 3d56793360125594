from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import (
    Kind,
    consumer_of,
    enabled,
    mappings_of,
    queue_read_by,
    sources_of,
)

__all__ = ["dead_letters_read_by_their_function"]


@rule(
    severity=Severity.WARNING,
    remedy="Read dead letters with a function of their own, or move them back (StartMessageMoveTask) once the cause "
    "is mended.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letters_read_by_their_function(stack: StackReading) -> Iterator[Found]:
    """The function that failed on a message reads its dead letters as well: nobody ever sees them wait."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        queue, function = queue_read_by(mapping), consumer_of(mapping)
        if queue is None or function is None:
            continue
        failed = [
            each for source in sources_of(queue) for each in source.consumers if consumer_of(each) is function
        ]
        if failed and enabled(mapping):
            yield Found(
                node=mapping,
                message=f"{mapping.path} hands {function.path} the dead letters in {queue.node.path} that "
                f"{function.path} left there.",
            )
