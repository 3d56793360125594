from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import expressions, is_query, title

__all__ = ["query_window_too_long"]

_THREE_HOURS: Final = 10_800


@rule(
    severity=Severity.WARNING,
    remedy="Give fewer or shorter periods: three hours at most.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html",
)
def query_window_too_long(stack: StackReading) -> Iterator[Found]:
    """An alarm on a Metrics Insights query looks back further than the three hours of data that it gets."""
    for alarm, metric, expression in expressions(stack):
        if not is_query(expression) or metric.period is None or alarm.periods is None:
            continue
        if metric.period * alarm.periods > _THREE_HOURS:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} looks back {alarm.periods:g} periods of {metric.period:g} s.",
            )
