from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import Kind
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, single

__all__ = ["share_for_percent"]


@rule(
    severity=Severity.NOTE,
    remedy="Give the threshold in percent: 5 for 5 %.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html",
)
def share_for_percent(stack: StackReading) -> Iterator[Found]:
    """A threshold below 1 is compared with a metric that goes from 0 to 100."""
    for alarm, metric, _, published in catalogued(stack):
        if single(alarm) is not metric or alarm.threshold is None or published.kind is not Kind.SHARE:
            continue
        if published.unit == "Percent" and 0 < alarm.threshold < 1:
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} compares {metric.namespace} {metric.name} with {alarm.threshold:g} %.",
            )
