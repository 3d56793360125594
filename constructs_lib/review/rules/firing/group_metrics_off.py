from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title, watched

__all__ = ["group_metrics_off"]


@rule(
    severity=Severity.WARNING,
    remedy="Give the group a MetricsCollection.",
    source="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html",
)
def group_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on the size of an Auto Scaling group that does not publish it."""
    for alarm, metric in readings(stack):
        group = watched(alarm, metric, "AutoScalingGroupName", "AWS::AutoScaling::AutoScalingGroup")
        if metric.namespace == "AWS/AutoScaling" and group is not None and not group.has("MetricsCollection"):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {group.path}, which has no MetricsCollection.",
            )
