from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import STATES
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms

__all__ = ["band_with_scaling"]

_POLICIES: Final = ("AWS::AutoScaling::ScalingPolicy", "AWS::ApplicationAutoScaling::ScalingPolicy")


@rule(
    severity=Severity.ERROR,
    remedy="Scale by an alarm with a threshold; let the one on the band notify.",
    source=METRIC_API,
)
def band_with_scaling(stack: StackReading) -> Iterator[Found]:
    """An alarm on a band scales something, which CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        if alarm.threshold_metric_id is None:
            continue
        for state in STATES:
            for action in alarm.actions(state):
                policy = alarm.node.stack.find(action)
                if action.startswith("arn:aws:autoscaling:") or (
                    policy is not None and policy.type in _POLICIES
                ):
                    yield Found(node=alarm.node, message=f"{alarm.node.path} scales by {action}.")
