from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import CATALOGUE
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["metric_in_another_region"]


@rule(
    severity=Severity.ERROR,
    remedy="Make the alarm in the Region where the metric is, in a stack of its own.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html",
)
def metric_in_another_region(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that is published in another Region only, so it never has data."""
    for alarm, metric in readings(stack):
        service = CATALOGUE.get(metric.namespace or "")
        if service is None or service.region is None or not stack.region or not _is_commercial(stack.region):
            continue
        if stack.region != service.region:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is in {stack.region}; {metric.namespace} is in {service.region} only.",
                remedy=f"Make the alarm in {service.region}. See {service.source}.",
            )


def _is_commercial(region: str) -> bool:
    return not region.startswith(("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"))
