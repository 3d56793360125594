from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule

__all__ = ["dead_letters_after_few_receives"]

_LEAST: Final = 5


@rule(
    severity=Severity.WARNING,
    remedy="Set maxReceiveCount to at least 5: throttled attempts count as well.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def dead_letters_after_few_receives(stack: StackReading) -> Iterator[Found]:
    """A queue that a function reads gives a message up after few receives: throttling alone can use them up."""
    for queue in queues_of(stack):
        if queue.receives is not None and queue.receives < _LEAST and queue.consumers:
            yield Found(
                node=queue.node,
                message=f"{queue.node.path} gives a message up after {figure(queue.receives)} receives.",
            )
