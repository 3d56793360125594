"""Queues as rules see them: where their dead letters go, who reads them, and who leaves dead letters in them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.data import at, items_of, number_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["DEFAULT_RETENTION", "DEFAULT_VISIBILITY", "Queue", "queue_of", "queues_of"]

QUEUE: Final = "AWS::SQS::Queue"
DEFAULT_VISIBILITY: Final = 30
DEFAULT_RETENTION: Final = 345_600
"""Seconds, where a queue says nothing.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"""

_LEAVERS: Final[Mapping[str, tuple[tuple[str | int, ...], ...]]] = {
    # Where the queue stands that gets what could not be delivered or done; a list is followed into each entry.
    QUEUE: (("RedrivePolicy", "deadLetterTargetArn"),),
    "AWS::Lambda::Function": (("DeadLetterConfig", "TargetArn"),),
    "AWS::Lambda::EventInvokeConfig": (("DestinationConfig", "OnFailure", "Destination"),),
    "AWS::Lambda::EventSourceMapping": (("DestinationConfig", "OnFailure", "Destination"),),
    "AWS::SNS::Subscription": (("RedrivePolicy", "deadLetterTargetArn"),),
    "AWS::Events::Rule": (("Targets", "*", "DeadLetterConfig", "Arn"),),
    "AWS::Events::EventBus": (("DeadLetterConfig", "Arn"),),
    "AWS::Scheduler::Schedule": (("Target", "DeadLetterConfig", "Arn"),),
    "AWS::Pipes::Pipe": (
        ("SourceParameters", "DynamoDBStreamParameters", "DeadLetterConfig", "Arn"),
        ("SourceParameters", "KinesisStreamParameters", "DeadLetterConfig", "Arn"),
    ),
}


class Queue:
    """A queue, and what the templates say of it elsewhere."""

    def __init__(self, node: Node, left_by: Sequence[Node]) -> None:
        """See `node`, in which `left_by` leave dead letters."""
        self.node = node
        self.left_by = left_by

    @property
    def is_dead_letter(self) -> bool:
        """Whether anybody at hand leaves dead letters in it."""
        return bool(self.left_by)

    @property
    def fifo(self) -> bool | None:
        """Whether it keeps the order; None where that is unknown."""
        return self.node.flag("FifoQueue", default=False)

    @property
    def visibility(self) -> float | None:
        """Seconds; None where it is unknown."""
        return self.node.number("VisibilityTimeout", default=DEFAULT_VISIBILITY)

    @property
    def retention(self) -> float | None:
        """Seconds; None where it is unknown."""
        return self.node.number("MessageRetentionPeriod", default=DEFAULT_RETENTION)

    @property
    def receives(self) -> float | None:
        """How often a message is received before it is a dead letter; None where that is unknown, or it never is."""
        return number_of(at(self.node.value("RedrivePolicy"), "maxReceiveCount"))

    @cached_property
    def dead_letters(self) -> Node | None:
        """The queue at hand that gets its dead letters."""
        return self.node.target("RedrivePolicy", "deadLetterTargetArn", types=(QUEUE,))

    @cached_property
    def consumers(self) -> list[Node]:
        """The event source mappings that read it."""
        return self.node.stack.whole.referring(("AWS::Lambda::EventSourceMapping",), _its_source).get(
            self.node, []
        )


def queues_of(where: StackReading | Reading) -> list[Queue]:
    """The queues of a stack, or of all."""
    return [queue_of(each) for each in where.of_type(QUEUE)]


def queue_of(node: Node) -> Queue:
    """What is known of one queue."""
    return Queue(node, node.stack.whole.referring(tuple(_LEAVERS), _dead_letter_queues).get(node, ()))


def _its_source(mapping: Node) -> list[Node | None]:
    return [mapping.target("EventSourceArn", types=(QUEUE,))]


def _dead_letter_queues(by: Node) -> list[Node | None]:
    places = _LEAVERS[by.type]
    return [by.stack.find(value, QUEUE) for place in places for value in _at_all(by.properties, place)]


def _at_all(data: Any, place: tuple[str | int, ...]) -> list[Any]:
    if "*" not in place:
        return [at(data, *place)]
    star = place.index("*")
    return [found for each in items_of(at(data, *place[:star])) for found in _at_all(each, place[star + 1 :])]
