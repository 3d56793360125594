from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm, Metric
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import MINUTE, catalogued, title, watched

__all__ = ["window_shorter_than_interval"]


@rule(
    severity=Severity.WARNING,
    remedy="Give a period as long as the interval at which the service publishes the metric.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
)
def window_shorter_than_interval(stack: StackReading) -> Iterator[Found]:
    """An alarm looks at less time than lies between two datapoints of its metric."""
    for alarm, metric, service, published in catalogued(stack):
        if metric.period is None or alarm.periods is None or published.every <= MINUTE:
            continue
        if metric.namespace == "AWS/EC2" and not _is_basic(alarm, metric):
            continue
        if metric.period * alarm.periods < published.every:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} looks back {metric.period * alarm.periods:g} s at {metric.namespace} "
                f"{metric.name}, which has a datapoint every {published.every} s.",
                remedy=f"Give a period of {published.every} s. See {service.source}.",
            )


def _is_basic(alarm: Alarm, metric: Metric) -> bool:
    """Whether an instance surely has no detailed monitoring."""
    instance = watched(alarm, metric, "InstanceId", "AWS::EC2::Instance")
    return (
        instance is not None
        and not instance.has("LaunchTemplate")
        and instance.flag("Monitoring", default=False) is False
    )
