from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import Kind, mappings_of

__all__ = ["event_source_without_topic"]


@rule(
    severity=Severity.ERROR,
    remedy="Name the topic in Topics (Kafka), or the queue in Queues (Amazon MQ).",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
)
def event_source_without_topic(stack: StackReading) -> Iterator[Found]:
    """An event source mapping names a Kafka cluster or a broker, and not what of it to read: Lambda refuses it."""
    for kind, key in ((Kind.KAFKA, "Topics"), (Kind.BROKER, "Queues")):
        for mapping in mappings_of(stack, kind):
            if mapping.count(key) == 0:
                yield Found(node=mapping, message=f"{mapping.path} has no {key}.")
