from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["metric_filter_transformations"]


@rule(
    severity=Severity.ERROR,
    remedy="Make a metric filter for each metric.",
    source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
)
def metric_filter_transformations(stack: StackReading) -> Iterator[Found]:
    """A metric filter makes more metrics than CloudWatch Logs takes."""
    for node in stack.of_type("AWS::Logs::MetricFilter"):
        count = node.count("MetricTransformations")
        if count is not None and count != 1:
            yield Found(node=node, message=f"{node.path} has {count} MetricTransformations.")
