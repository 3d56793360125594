from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["periods_differ"]


@rule(
    severity=Severity.WARNING,
    remedy="Give all metrics of an alarm one period.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
)
def periods_differ(stack: StackReading) -> Iterator[Found]:
    """The metrics of an alarm have different periods."""
    for alarm in metric_alarms(stack):
        found = sorted({each.period for each in alarm.metrics if each.period is not None})
        if len(found) > 1:
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} reads periods of {', '.join(f'{each:g}' for each in found)} s.",
            )
