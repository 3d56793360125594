from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule

__all__ = ["queue_fifo_setting"]

_SCOPE: Final = "DeduplicationScope"
_LIMIT: Final = "FifoThroughputLimit"


@rule(
    severity=Severity.ERROR,
    remedy="Set FifoQueue to true, and DeduplicationScope to messageGroup where the throughput is per message group; "
    "or remove the setting.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html",
)
def queue_fifo_setting(stack: StackReading) -> Iterator[Found]:
    """A queue has a setting for FIFO queues that it cannot have: SQS refuses it."""
    for queue in queues_of(stack):
        node = queue.node
        if queue.fifo is False:
            if node.flag("ContentBasedDeduplication") is True:
                yield Found(
                    node=node, message=f"{node.path} is a standard queue with ContentBasedDeduplication."
                )
            for key in (_SCOPE, _LIMIT):
                if node.text(key):
                    yield Found(
                        node=node, message=f"{node.path} is a standard queue with {key} {node.text(key)}."
                    )
        elif node.text(_LIMIT) == "perMessageGroupId" and node.text(_SCOPE, default="queue") == "queue":
            yield Found(
                node=node,
                message=f"{node.path} has the {_LIMIT} perMessageGroupId, and its {_SCOPE} is not messageGroup.",
            )
