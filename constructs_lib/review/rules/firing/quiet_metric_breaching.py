from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, single

__all__ = ["quiet_metric_breaching"]


@rule(
    severity=Severity.WARNING,
    remedy="Set TreatMissingData to notBreaching; to notice that traffic stopped, make another alarm.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
)
def quiet_metric_breaching(stack: StackReading) -> Iterator[Found]:
    """An alarm rings whenever nothing happens: its metric has data only with traffic, and missing data breaches."""
    for alarm, metric, _, published in catalogued(stack):
        if single(alarm) is not metric or alarm.missing != "breaching" or metric.namespace == "AWS/DynamoDB":
            continue
        if published.sparse and (alarm.operator or "").startswith("GreaterThan"):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings without data of {metric.namespace} {metric.name}, which is published "
                "only when something happens.",
            )
