from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING, STREAMS, Kind, kind_of

__all__ = ["event_source_starting_position"]

_POSITIONS: Final = ("LATEST", "TRIM_HORIZON", "AT_TIMESTAMP")


@rule(
    severity=Severity.ERROR,
    remedy="Give a stream the StartingPosition TRIM_HORIZON or LATEST (Kinesis also AT_TIMESTAMP, with "
    "StartingPositionTimestamp), and a queue none.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
)
def event_source_starting_position(stack: StackReading) -> Iterator[Found]:
    """An event source mapping says wrongly, or not at all, where in a stream to begin: Lambda refuses it."""
    for mapping in stack.of_type(MAPPING):
        kind = kind_of(mapping)
        position = mapping.text("StartingPosition")
        if kind is Kind.QUEUE and position:
            yield Found(node=mapping, message=f"{mapping.path} reads a queue from {position}.")
        if kind not in STREAMS:
            continue
        if not mapping.has("StartingPosition"):
            yield Found(node=mapping, message=f"{mapping.path} reads a stream and has no StartingPosition.")
        elif position is not None and position not in _POSITIONS:
            yield Found(node=mapping, message=f"{mapping.path} has the StartingPosition {position}.")
        elif position == "AT_TIMESTAMP" and kind is Kind.TABLE:
            yield Found(node=mapping, message=f"{mapping.path} reads a table's stream from AT_TIMESTAMP.")
        elif position == "AT_TIMESTAMP" and not mapping.has("StartingPositionTimestamp"):
            yield Found(
                node=mapping,
                message=f"{mapping.path} begins AT_TIMESTAMP and has no StartingPositionTimestamp.",
            )
