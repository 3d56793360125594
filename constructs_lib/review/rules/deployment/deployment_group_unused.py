from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["deployment_group_unused"]


@rule(
    severity=Severity.WARNING,
    remedy="Keep one deployment group for each alias, with the alarms of both: a second one takes the place of the "
    "first. Acknowledge it where something outside the template deploys through it.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
)
def deployment_group_unused(stack: StackReading) -> Iterator[Found]:
    """No alias deploys through a deployment group: its alarms stop nothing."""
    for group in groups_of(stack):
        if not group.aliases:
            yield Found(
                node=group.node,
                message=f"No alias deploys through {group.node.path}, which has {len(group.alarm_names)} alarms.",
            )
