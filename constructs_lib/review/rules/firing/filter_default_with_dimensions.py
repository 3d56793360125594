from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known, surely_has
from constructs_lib.review.rule import Found, rule

__all__ = ["filter_default_with_dimensions"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave one of them out; alarms without the default treat missing data as notBreaching.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
)
def filter_default_with_dimensions(stack: StackReading) -> Iterator[Found]:
    """A metric filter has a default value and dimensions, which CloudWatch Logs refuses together."""
    for node in stack.of_type("AWS::Logs::MetricFilter"):
        for each in node.items("MetricTransformations"):
            if surely_has(each, "DefaultValue") and surely_has(each, "Dimensions") and is_known(each):
                yield Found(node=node, message=f"{node.path} has a DefaultValue and Dimensions.")
