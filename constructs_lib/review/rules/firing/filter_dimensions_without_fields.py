from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.rule import Found, rule

__all__ = ["filter_dimensions_without_fields"]


@rule(
    severity=Severity.ERROR,
    remedy="Write a pattern of JSON fields, { $.level = ERROR }, or of columns, [level, message].",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
)
def filter_dimensions_without_fields(stack: StackReading) -> Iterator[Found]:
    """A metric filter has dimensions, and a pattern without fields, which CloudWatch Logs refuses together."""
    for node in stack.of_type("AWS::Logs::MetricFilter"):
        pattern = (node.text("FilterPattern") or "").strip()
        if not pattern or pattern.startswith(("{", "[")):
            continue
        for each in node.items("MetricTransformations"):
            found = at(each, "Dimensions")
            if found and is_known(found):
                yield Found(node=node, message=f"{node.path} has Dimensions, and the pattern {pattern}.")
