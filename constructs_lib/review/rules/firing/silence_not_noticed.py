from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.metrics import Kind
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import catalogued, rings_below, single

__all__ = ["silence_not_noticed"]


@rule(
    severity=Severity.WARNING,
    remedy="Set TreatMissingData to breaching: a metric that is published with traffic only has no datapoint without.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
)
def silence_not_noticed(stack: StackReading) -> Iterator[Found]:
    """An alarm rings at low values, and not where there are none: it misses that everything stopped."""
    for alarm, metric, _, published in catalogued(stack):
        if single(alarm) is not metric or not published.sparse or not rings_below(alarm):
            continue
        if metric.namespace == "AWS/DynamoDB" or published.kind is not Kind.EVENTS or published.least == 1:
            continue
        if alarm.missing in ("notBreaching", "ignore"):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} treats missing data of {metric.name} as {alarm.missing}.",
            )
