from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["stream_retention"]

RANGES: Final = (Range(keys=("RetentionPeriodHours",), low=24, high=8_760),)


@rule(
    severity=Severity.ERROR,
    remedy="Set RetentionPeriodHours to 24 to 8760.",
    source="https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html",
)
def stream_retention(stack: StackReading) -> Iterator[Found]:
    """A stream is to keep its records for a time that Kinesis refuses."""
    for node in stack.of_type("AWS::Kinesis::Stream"):
        for message in outside(node, RANGES):
            yield Found(node=node, message=message)
