from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import Kind
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, title

__all__ = ["statistic_of_level"]


@rule(
    severity=Severity.WARNING,
    remedy="Take Maximum or Average; a sum grows with the number of datapoints in a period.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
def statistic_of_level(stack: StackReading) -> Iterator[Found]:
    """An alarm sums up, or counts, datapoints of which each says how much there is at a moment."""
    for alarm, metric, service, published in catalogued(stack):
        if published.kind not in (Kind.LEVEL, Kind.SHARE) or metric.statistic not in ("Sum", "SampleCount"):
            continue
        if metric.statistic == "Sum" and metric.period is not None and metric.period <= published.every:
            continue  # one datapoint a period is its own sum
        yield Found(
            node=alarm.node,
            message=f"{title(alarm, metric)} takes the {metric.statistic} of {metric.namespace} {metric.name}.",
            remedy=f"Take Maximum or Average. See {service.source}.",
        )
