from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, MINUTE, readings, title

__all__ = ["period_below_a_minute"]


@rule(
    severity=Severity.WARNING,
    remedy="Give a period of 60 seconds or more: periods without a datapoint count as missing data.",
    source=METRIC_API,
)
def period_below_a_minute(stack: StackReading) -> Iterator[Found]:
    """An alarm asks several times a minute for a metric that has one datapoint a minute."""
    for alarm, metric in readings(stack):
        if (
            (metric.namespace or "").startswith("AWS/")
            and metric.period is not None
            and 0 < metric.period < MINUTE
        ):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} has a period of {metric.period:g} s on {metric.namespace}.",
            )
