from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.comparisons import OF_BANDS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, is_anomaly, metric_alarms

__all__ = ["band_and_threshold"]


@rule(
    severity=Severity.ERROR,
    remedy="Give either Threshold, or ThresholdMetricId with one of the operators of bands.",
    source=METRIC_API,
)
def band_and_threshold(stack: StackReading) -> Iterator[Found]:
    """An alarm has a threshold and a band, or compares with a band that it does not have; CloudWatch refuses both."""
    for alarm in metric_alarms(stack):
        node = alarm.node
        if node.has("Threshold") and is_anomaly(alarm):
            if node.known("Threshold") and node.known("ThresholdMetricId"):
                yield Found(node=node, message=f"{node.path} has both Threshold and ThresholdMetricId.")
        elif alarm.operator in OF_BANDS and not is_anomaly(alarm):
            yield Found(
                node=node, message=f"{node.path} has the operator {alarm.operator}, and no ThresholdMetricId."
            )
