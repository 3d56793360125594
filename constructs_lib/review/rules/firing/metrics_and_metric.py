from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms

__all__ = ["metrics_and_metric"]

_OF_ONE: Final = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")


@rule(
    severity=Severity.ERROR,
    remedy="Move them into an entry of Metrics, or leave Metrics out.",
    source=METRIC_API,
)
def metrics_and_metric(stack: StackReading) -> Iterator[Found]:
    """An alarm has Metrics and the properties of a single metric, which CloudWatch refuses together."""
    for alarm in metric_alarms(stack):
        node = alarm.node
        also = [name for name in _OF_ONE if node.value(name) not in (None, [])]
        if also and surely_has(node.properties, "Metrics") and all(node.known(name) for name in also):
            yield Found(node=node, message=f"{node.path} has Metrics and {', '.join(also)}.")
