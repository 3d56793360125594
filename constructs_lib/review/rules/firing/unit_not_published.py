from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, catalogued, title

__all__ = ["unit_not_published"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave Unit out: CloudWatch converts none, and services publish each metric with one.",
    source=METRIC_API,
)
def unit_not_published(stack: StackReading) -> Iterator[Found]:
    """An alarm asks for a unit that its metric is not published with, so it never has data."""
    for alarm, metric, service, published in catalogued(stack):
        if published.unit is not None and metric.unit is not None and metric.unit != published.unit:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} has the Unit {metric.unit}; {metric.namespace} {metric.name} comes in "
                f"{published.unit}.",
                remedy=f"Leave Unit out. See {service.source}.",
            )
