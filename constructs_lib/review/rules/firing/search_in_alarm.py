from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_math import functions_in
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, is_query, title

__all__ = ["search_in_alarm"]


@rule(
    severity=Severity.ERROR,
    remedy="Name the metrics, or watch a Metrics Insights query.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-search-expressions.html",
)
def search_in_alarm(stack: StackReading) -> Iterator[Found]:
    """An alarm searches for metrics, which CloudWatch refuses: it watches one time series."""
    for alarm, metric, expression in expressions(stack):
        if "SEARCH" in functions_in(expression) and not is_query(expression):
            yield Found(node=alarm.node, message=f"{title(alarm, metric)} is {expression}.")
