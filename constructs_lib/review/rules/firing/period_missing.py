from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed

__all__ = ["period_missing"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Period, in seconds.",
    source=METRIC_API,
)
def period_missing(stack: StackReading) -> Iterator[Found]:
    """An alarm on a metric does not say how long a period is, which CloudWatch refuses."""
    for alarm in alarms_as_deployed(stack):
        node = alarm.node
        if node.has("MetricName") and not node.has("Metrics") and not node.has("Period"):
            yield Found(node=node, message=f"{node.path} has no Period.")
