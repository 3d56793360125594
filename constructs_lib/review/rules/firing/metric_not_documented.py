from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metric_names import meant_by
from constructs_lib.review.knowledge.metrics import AS_OF, CATALOGUE
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["metric_not_documented"]


@rule(
    severity=Severity.WARNING,
    remedy="Look the name up in the documentation of the service; where it is new and right, acknowledge this.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",
)
def metric_not_documented(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that the documentation of its service does not list."""
    for alarm, metric in readings(stack):
        service = CATALOGUE.get(metric.namespace or "")
        if service is None or metric.name is None or service.knows(metric.name) or not service.complete:
            continue
        if meant_by(metric.namespace or "", metric.name) is None:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.namespace} {metric.name}, which was not documented on "
                f"{AS_OF}.",
                remedy=f"Look the name up in {service.source}; where it is new and right, acknowledge this.",
            )
