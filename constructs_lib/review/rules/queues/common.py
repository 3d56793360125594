"""What rules about queues and streams share: event source mappings, and what they read."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import items_of
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.reading.queues import Queue, queue_of
from constructs_lib.template.values import PLACEHOLDER

__all__ = [
    "MAPPING",
    "PIPE",
    "STREAMS",
    "Kind",
    "batch_size",
    "consumer_of",
    "enabled",
    "kind_of",
    "mappings_of",
    "queue_read_by",
    "reports_failures",
    "sources_of",
    "sure",
    "timeout_of",
]

MAPPING: Final = "AWS::Lambda::EventSourceMapping"
PIPE: Final = "AWS::Pipes::Pipe"


class Kind(StrEnum):
    """What an event source mapping reads."""

    QUEUE = "sqs"
    KINESIS = "kinesis"
    TABLE = "dynamodb"
    KAFKA = "kafka"
    BROKER = "mq"
    DOCUMENTS = "rds"


STREAMS: Final = (Kind.KINESIS, Kind.TABLE)
_OF_TYPE: Final = {
    "AWS::SQS::Queue": Kind.QUEUE,
    "AWS::Kinesis::Stream": Kind.KINESIS,
    "AWS::Kinesis::StreamConsumer": Kind.KINESIS,
    "AWS::DynamoDB::Table": Kind.TABLE,
    "AWS::DynamoDB::GlobalTable": Kind.TABLE,
    "AWS::MSK::Cluster": Kind.KAFKA,
    "AWS::MSK::ServerlessCluster": Kind.KAFKA,
    "AWS::AmazonMQ::Broker": Kind.BROKER,
}
_SERVICE: Final = re.compile(r"arn:[^:]*:([a-z]+):")
_DEFAULT_BATCH: Final = {Kind.QUEUE: 10}
_BATCH: Final = 100
_DEFAULT_TIMEOUT: Final = 3
"""Seconds. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html"""


def kind_of(mapping: Node) -> Kind | None:
    """What an event source mapping or a pipe reads; None where that is unknown."""
    if mapping.has("SelfManagedEventSource"):
        return Kind.KAFKA
    arn = mapping.value("EventSourceArn" if mapping.type == MAPPING else "Source")
    if not isinstance(arn, str):
        return None
    if match := _SERVICE.match(PLACEHOLDER.sub("x", arn)):
        return Kind(match[1]) if match[1] in list(Kind) else None
    source = mapping.stack.find(arn)
    return _OF_TYPE.get(source.type) if source else None


def mappings_of(stack: StackReading | Reading, *kinds: Kind) -> Iterator[Node]:
    """The event source mappings that read one of `kinds`."""
    return (each for each in stack.of_type(MAPPING) if kind_of(each) in kinds)


def queue_read_by(mapping: Node) -> Queue | None:
    """The queue at hand that it reads."""
    found = mapping.target("EventSourceArn", types=("AWS::SQS::Queue",))
    return queue_of(found) if found else None


def consumer_of(mapping: Node) -> Node | None:
    """The function at hand that gets what it reads."""
    callee = callee_of(mapping.stack, mapping.value("FunctionName"))
    return callee.function if callee else None


def enabled(mapping: Node) -> bool:
    """Whether it is not switched off, as far as anybody knows."""
    return mapping.flag("Enabled", default=True) is not False


def batch_size(mapping: Node) -> float | None:
    """How many records it hands over at most; None where that is unknown."""
    kind = kind_of(mapping)
    return mapping.number("BatchSize", default=_DEFAULT_BATCH.get(kind, _BATCH) if kind else None)


def reports_failures(mapping: Node) -> bool:
    """Whether its function may tell which records of a batch failed, or that is unknown."""
    return any(
        each == "ReportBatchItemFailures" or "${" in str(each)
        for each in items_of(mapping.value("FunctionResponseTypes"))
    )


def sources_of(queue: Queue) -> Sequence[Queue]:
    """The queues whose dead letters a queue gets."""
    return [queue_of(each) for each in queue.left_by if each.type == "AWS::SQS::Queue"]


def sure(*nodes: Node | None) -> bool:
    """Whether all of these resources are there, whatever the parameters are."""
    return all(each is not None and each.surely_made for each in nodes)


def timeout_of(function: Node) -> float | None:
    """Seconds that a function may take; None where that is unknown."""
    return function.number("Timeout", default=_DEFAULT_TIMEOUT)
