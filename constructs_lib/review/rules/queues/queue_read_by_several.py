from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import consumer_of, enabled

__all__ = ["queue_read_by_several"]


@rule(
    severity=Severity.WARNING,
    remedy="Publish to a topic, and give each function a queue of its own that subscribes to it.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html",
)
def queue_read_by_several(stack: StackReading) -> Iterator[Found]:
    """Several functions read one queue: each message reaches only one of them, and nobody knows which."""
    for queue in queues_of(stack):
        readers = {consumer_of(each): each for each in queue.consumers if enabled(each) and each.surely_made}
        readers.pop(None, None)
        if len(readers) > 1:
            names = " and ".join(sorted(each.path for each in readers if each))
            yield Found(node=queue.node, message=f"{queue.node.path} is read by {names}.")
