from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.queues import QUEUE, queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import PIPE

__all__ = ["queue_without_dead_letters"]


@rule(
    severity=Severity.WARNING,
    remedy="Add a RedrivePolicy with a queue for dead letters (dead_letter_queue in the CDK), and alarm on that queue.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
)
def queue_without_dead_letters(stack: StackReading) -> Iterator[Found]:
    """A queue is read and has nowhere for dead letters: a message that always fails comes back until it expires."""
    for queue in queues_of(stack):
        readers = [*queue.consumers, *stack.whole.referring((PIPE,), _source_of).get(queue.node, ())]
        if readers and not queue.is_dead_letter and not queue.node.has("RedrivePolicy"):
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} is read by {readers[0].path} and has no RedrivePolicy.",
            )


def _source_of(pipe: Node) -> list[Node | None]:
    return [pipe.target("Source", types=(QUEUE,))]
