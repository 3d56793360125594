from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["band_not_found"]

BAND: Final = "ANOMALY_DETECTION_BAND"


@rule(
    severity=Severity.ERROR,
    remedy="Let ThresholdMetricId be the Id of an expression that is ANOMALY_DETECTION_BAND(metric, width).",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html",
)
def band_not_found(stack: StackReading) -> Iterator[Found]:
    """An alarm compares with a band that none of its expressions makes."""
    for alarm in metric_alarms(stack):
        wanted = alarm.threshold_metric_id
        if wanted is None or not all(each.id for each in alarm.metrics):
            continue
        found = [each.expression for each in alarm.metrics if each.id == wanted]
        if not found:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has no metric {wanted}, its ThresholdMetricId."
            )
        elif found[0] is None or ("${" not in found[0] and BAND not in found[0]):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} has {wanted} as its ThresholdMetricId, which is no {BAND}.",
            )
