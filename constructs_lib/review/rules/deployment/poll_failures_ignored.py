from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["poll_failures_ignored"]


@rule(
    severity=Severity.NOTE,
    remedy="Leave IgnorePollAlarmFailure out.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-alarmconfiguration.html",
)
def poll_failures_ignored(stack: StackReading) -> Iterator[Found]:
    """A deployment goes on where CloudWatch cannot be asked for its alarms: then nothing would stop it."""
    for group in groups_of(stack):
        if group.alarm_names and group.node.flag("AlarmConfiguration", "IgnorePollAlarmFailure"):
            yield Found(node=group.node, message=f"{group.node.path} has IgnorePollAlarmFailure: true.")
