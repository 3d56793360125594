from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["metric_filters_of_group"]

_MOST: Final = 100


@rule(
    severity=Severity.ERROR,
    remedy="Give a log group 100 at most; metrics in the embedded format need none.",
    source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
)
def metric_filters_of_group(stack: StackReading) -> Iterator[Found]:
    """A log group has more metric filters than CloudWatch Logs takes."""
    filters = stack.whole.referring(("AWS::Logs::MetricFilter",), _its_group)
    for group in stack.of_type("AWS::Logs::LogGroup"):
        count = sum(each.surely_made for each in filters.get(group, ()))
        if count > _MOST:
            yield Found(node=group, message=f"{group.path} has {count} metric filters.")


def _its_group(metric_filter: Node) -> list[Node | None]:
    return [metric_filter.target("LogGroupName", types=("AWS::Logs::LogGroup",))]
