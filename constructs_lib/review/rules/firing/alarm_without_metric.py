from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed

__all__ = ["alarm_without_metric"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Namespace and MetricName, or Metrics.",
    source=METRIC_API,
)
def alarm_without_metric(stack: StackReading) -> Iterator[Found]:
    """An alarm is on no metric, which CloudWatch refuses."""
    for alarm in alarms_as_deployed(stack):
        node = alarm.node
        if (
            alarm.composite
            or node.has("Metrics", 0)
            or node.has("EvaluationCriteria")
            or not node.known("Metrics")
        ):
            continue
        absent = [name for name in ("Namespace", "MetricName") if not node.has(name)]
        if absent:
            yield Found(node=node, message=f"{node.path} has no {' and no '.join(absent)}.")
