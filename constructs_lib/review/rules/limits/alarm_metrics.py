from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["alarm_metrics"]

_MOST: Final = 10


@rule(
    severity=Severity.ERROR,
    remedy="Read 10 metrics and 10 expressions at most; a Metrics Insights query reads more.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html",
)
def alarm_metrics(stack: StackReading) -> Iterator[Found]:
    """An alarm reads more metrics, or has more expressions, than CloudWatch takes."""
    for alarm in metric_alarms(stack):
        entries = [each for each in alarm.node.items("Metrics") if isinstance(each, dict)]
        for key, what in (("MetricStat", "metrics"), ("Expression", "expressions")):
            if (count := sum(surely_has(each, key) for each in entries)) > _MOST:
                yield Found(node=alarm.node, message=f"{alarm.node.path} has {count} {what}.")
