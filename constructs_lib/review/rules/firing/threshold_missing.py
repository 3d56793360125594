from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed

__all__ = ["threshold_missing"]


@rule(
    severity=Severity.ERROR,
    remedy="Give Threshold, or the id of a band as ThresholdMetricId.",
    source=METRIC_API,
)
def threshold_missing(stack: StackReading) -> Iterator[Found]:
    """An alarm has nothing to compare its metric with, which CloudWatch refuses."""
    for alarm in alarms_as_deployed(stack):
        node = alarm.node
        if alarm.composite or any(map(node.has, ("Threshold", "ThresholdMetricId", "EvaluationCriteria"))):
            continue
        yield Found(node=node, message=f"{node.path} has neither Threshold nor ThresholdMetricId.")
