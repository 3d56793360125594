from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_names import meant_by
from constructs_lib.review.knowledge.metrics import CATALOGUE
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["metric_misspelt"]


@rule(
    severity=Severity.ERROR,
    remedy="Write the name as the service's documentation does: upper and lower case count.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
)
def metric_misspelt(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that its service does not publish under this name, so it never has data."""
    for alarm, metric in readings(stack):
        service = CATALOGUE.get(metric.namespace or "")
        if service is None or metric.name is None or service.knows(metric.name):
            continue
        if meant := meant_by(metric.namespace or "", metric.name):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.namespace} {metric.name}, which is not published; "
                f"{meant} is.",
                remedy=f"Write {meant}. See {service.source}.",
            )
