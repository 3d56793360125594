from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.rule import Found, rule

__all__ = ["metric_filter_dimensions"]

_MOST: Final = 3


@rule(
    severity=Severity.ERROR,
    remedy="Give three dimensions at most.",
    source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
)
def metric_filter_dimensions(stack: StackReading) -> Iterator[Found]:
    """A metric filter has more dimensions than CloudWatch Logs takes."""
    for node in stack.of_type("AWS::Logs::MetricFilter"):
        for each in node.items("MetricTransformations"):
            count = sum(isinstance(entry, dict) for entry in items_of(at(each, "Dimensions")))
            if count > _MOST:
                yield Found(node=node, message=f"{node.path} has {count} dimensions.")
