from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import (
    Kind,
    consumer_of,
    mappings_of,
    queue_read_by,
    timeout_of,
)

__all__ = ["queue_visibility_short"]

_TIMES: Final = 6


@rule(
    severity=Severity.WARNING,
    remedy="Set VisibilityTimeout to at least six times the function's timeout, plus the batching window.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def queue_visibility_short(stack: StackReading) -> Iterator[Found]:
    """A queue hides a message for less than six timeouts of its function: a throttled batch comes back too early."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        queue, function = queue_read_by(mapping), consumer_of(mapping)
        if queue is None or function is None:
            continue
        timeout = timeout_of(function)
        window = mapping.number("MaximumBatchingWindowInSeconds", default=0)
        if timeout is None or window is None or queue.visibility is None:
            continue
        wanted = _TIMES * timeout + window
        if timeout <= queue.visibility < wanted:
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} hides a message for {figure(queue.visibility)} s; six times the "
                f"{figure(timeout)} s of {function.path} and its window are {figure(wanted)} s.",
            )
