from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["deployment_alarms_off"]


@rule(
    severity=Severity.WARNING,
    remedy="Set AlarmConfiguration.Enabled to true.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-alarmconfiguration.html",
)
def deployment_alarms_off(stack: StackReading) -> Iterator[Found]:
    """A deployment group has alarms, and they are switched off."""
    for group in groups_of(stack):
        if group.alarm_names and group.node.flag("AlarmConfiguration", "Enabled") is False:
            yield Found(
                node=group.node,
                message=f"{group.node.path} has {len(group.alarm_names)} alarms and Enabled: false.",
            )
