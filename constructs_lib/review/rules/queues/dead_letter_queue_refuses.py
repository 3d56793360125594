from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.queues import QUEUE, queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import sources_of, sure

__all__ = ["dead_letter_queue_refuses"]


@rule(
    severity=Severity.ERROR,
    remedy="Add the source queue's ARN to sourceQueueArns of the RedriveAllowPolicy, or set redrivePermission to "
    "allowAll.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def dead_letter_queue_refuses(stack: StackReading) -> Iterator[Found]:
    """A queue for dead letters does not allow a queue that leaves them in it."""
    for queue in queues_of(stack):
        refused = [
            each.node
            for each in sources_of(queue)
            if sure(each.node, queue.node) and _refuses(queue.node, each.node)
        ]
        for source in refused:
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} does not allow {source.path} to leave dead letters in it: its "
                f"redrivePermission is {queue.node.text('RedriveAllowPolicy', 'redrivePermission')}.",
            )


def _refuses(queue: Node, source: Node) -> bool:
    permission = queue.text("RedriveAllowPolicy", "redrivePermission")
    if permission != "byQueue":
        return permission == "denyAll"
    named = [queue.stack.find(arn, QUEUE) for arn in queue.items("RedriveAllowPolicy", "sourceQueueArns")]
    return bool(named) and None not in named and source not in named
