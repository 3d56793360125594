from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import STREAMS, mappings_of

__all__ = ["event_source_starts_late"]


@rule(
    severity=Severity.NOTE,
    remedy="Set StartingPosition to TRIM_HORIZON, or make the stream's writers wait until the event source mapping is "
    "enabled.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
)
def event_source_starts_late(stack: StackReading) -> Iterator[Found]:
    """A stream is read from LATEST: records that are written while the event source mapping is made may be missed."""
    for mapping in mappings_of(stack, *STREAMS):
        if mapping.text("StartingPosition") == "LATEST":
            yield Found(node=mapping, message=f"{mapping.path} begins at LATEST.")
