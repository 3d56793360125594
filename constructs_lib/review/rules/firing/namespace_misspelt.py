from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import CATALOGUE, service_by_any_case
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["namespace_misspelt"]


@rule(
    severity=Severity.ERROR,
    remedy="Write the namespace as the service's documentation does: upper and lower case count.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
)
def namespace_misspelt(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a namespace that no service publishes to under this name."""
    for alarm, metric in readings(stack):
        if metric.namespace is None or metric.namespace in CATALOGUE:
            continue
        if meant := service_by_any_case(metric.namespace):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on the namespace {metric.namespace}; the service's is {meant}.",
                remedy=f"Write {meant}.",
            )
