from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, MINUTE, metric_alarms, title

__all__ = ["period_invalid"]

_SHORT: Final = (10, 20, 30)
_OF_QUERIES: Final = (1, 5)


@rule(
    severity=Severity.ERROR,
    remedy="Give 10, 20, 30 or a multiple of 60 seconds.",
    source=METRIC_API,
)
def period_invalid(stack: StackReading) -> Iterator[Found]:
    """An alarm has a period that CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        for metric in alarm.metrics:
            period = metric.period
            if period is None or period in _SHORT or (period >= MINUTE and period % MINUTE == 0):
                continue
            if alarm.node.has("Metrics") and period in _OF_QUERIES:
                continue  # GetMetricData takes it; of alarms the page of metric queries says nothing
            yield Found(node=alarm.node, message=f"{title(alarm, metric)} has a period of {period:g} s.")
