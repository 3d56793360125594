from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import AS_OF
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, title

__all__ = ["dimension_not_documented"]


@rule(
    severity=Severity.WARNING,
    remedy="Look the dimension up in the documentation of the service; where it is new and right, acknowledge this.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
)
def dimension_not_documented(stack: StackReading) -> Iterator[Found]:
    """An alarm names a dimension that the documentation of its service does not list."""
    for alarm, metric, service, _ in catalogued(stack):
        if metric.dimensions is None or service.complete:
            continue
        unknown = sorted(metric.dimensions.keys() - service.dimensions)
        if unknown:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.namespace} {metric.name} with the dimension "
                f"{', '.join(unknown)}, which was not documented on {AS_OF}.",
                remedy=f"Look it up in {service.source}; where it is new and right, acknowledge this.",
            )
