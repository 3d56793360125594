from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import (
    Kind,
    consumer_of,
    mappings_of,
    queue_read_by,
    sure,
    timeout_of,
)

__all__ = ["queue_visibility_below_timeout"]


@rule(
    severity=Severity.ERROR,
    remedy="Set VisibilityTimeout to at least six times the function's timeout, plus the batching window.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def queue_visibility_below_timeout(stack: StackReading) -> Iterator[Found]:
    """A queue's visibility timeout is below its function's timeout: Lambda refuses the event source mapping."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        queue, function = queue_read_by(mapping), consumer_of(mapping)
        if queue is None or function is None or not sure(mapping, queue.node, function):
            continue
        timeout = timeout_of(function)
        if timeout is not None and queue.visibility is not None and queue.visibility < timeout:
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} hides a message for {figure(queue.visibility)} s, and {function.path}, "
                f"which reads it, may take {figure(timeout)} s.",
            )
