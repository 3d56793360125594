from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, title

__all__ = ["dimensions_not_published"]


@rule(
    severity=Severity.ERROR,
    remedy="Give exactly one of the sets of dimensions that the service publishes the metric with.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
)
def dimensions_not_published(stack: StackReading) -> Iterator[Found]:
    """An alarm names dimensions with which nobody publishes its metric, so it never has data."""
    for alarm, metric, service, published in catalogued(stack):
        names = metric.dimensions
        if names is None or not service.complete or service.has(published, names.keys()):
            continue
        known = [" + ".join(sorted(each)) or "none" for each in service.sets_of(published)]
        yield Found(
            node=alarm.node,
            message=f"{title(alarm, metric)} is on {metric.namespace} {metric.name} with the dimensions "
            f"{' + '.join(sorted(names)) or 'none'}, which are not published.",
            remedy=f"Give one of: {'; '.join(known)}. See {service.source}.",
        )
