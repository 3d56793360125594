from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.actions import kind_of
from constructs_lib.review.reading.alarms import STATES, Alarm, alarms_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alarm_action_unsupported"]

_NEVER = ("sqs", "events", "kinesis", "firehose", "states", "logs", "ecs", "codebuild")
_NOT_OF_COMPOSITES = ("ec2", "autoscaling")


@rule(
    severity=Severity.ERROR,
    remedy="Let the alarm publish to an SNS topic or invoke a Lambda function. Everything else is reached from an "
    "EventBridge rule on the event CloudWatch Alarm State Change, which every alarm emits.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_action_unsupported(stack: StackReading) -> Iterator[Found]:
    """An alarm has an action of a kind that CloudWatch does not take for it: the deployment is refused."""
    for alarm in alarms_of(stack):
        for key in STATES.values():
            for action in alarm.node.items(key):
                kind = kind_of(stack, action)
                why = kind and _refused(alarm, kind)
                if why and alarm.node.surely_made:
                    yield Found(node=alarm.node, message=f"{alarm.node.path} has {action} in {key}: {why}.")


def _refused(alarm: Alarm, kind: str) -> str | None:
    if kind in _NEVER:
        return f"CloudWatch has no actions on {kind}"
    if alarm.composite and kind in _NOT_OF_COMPOSITES:
        return f"composite alarms have no actions on {kind}"
    if kind == "autoscaling" and alarm.threshold_metric_id:
        return "anomaly detection alarms have no Auto Scaling actions"
    known = all(each.dimensions is not None for each in alarm.read)
    if kind == "ec2" and known and not any("InstanceId" in (each.dimensions or {}) for each in alarm.read):
        return "it acts on the instance that the dimension InstanceId names, and the alarm has none"
    return None
