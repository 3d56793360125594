from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import Kind, batch_size, mappings_of, queue_read_by

__all__ = ["event_source_batch"]

_MOST_AT_ONCE: Final = 10


@rule(
    severity=Severity.ERROR,
    remedy="For batches of more than 10 set MaximumBatchingWindowInSeconds to at least 1; a FIFO queue has batches of "
    "up to 10 and no window.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html",
)
def event_source_batch(stack: StackReading) -> Iterator[Found]:
    """An event source mapping asks for batches of a queue that Lambda does not make: it is refused."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        size = batch_size(mapping)
        window = mapping.number("MaximumBatchingWindowInSeconds", default=0)
        queue = queue_read_by(mapping)
        if queue is not None and queue.fifo is True:
            if size is not None and size > _MOST_AT_ONCE:
                yield Found(
                    node=mapping,
                    message=f"{mapping.path} wants batches of {figure(size)} of a FIFO queue; it may be up to 10.",
                )
            if window:
                yield Found(
                    node=mapping,
                    message=f"{mapping.path} has a window of {figure(window)} s on a FIFO queue.",
                )
        elif size is not None and size > _MOST_AT_ONCE and window == 0:
            yield Found(
                node=mapping,
                message=f"{mapping.path} wants batches of {figure(size)} without a batching window.",
            )
