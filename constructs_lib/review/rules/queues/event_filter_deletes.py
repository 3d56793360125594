from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import Kind, mappings_of

__all__ = ["event_filter_deletes"]


@rule(
    severity=Severity.NOTE,
    remedy="Filter where the messages are sent, such as in the SNS subscription, if another reader may want them.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html",
)
def event_filter_deletes(stack: StackReading) -> Iterator[Found]:
    """A queue is read through a filter: messages that do not match are deleted, not left for others."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        if mapping.has("FilterCriteria", "Filters", 0):
            yield Found(
                node=mapping, message=f"{mapping.path} deletes the messages that its filters do not match."
            )
