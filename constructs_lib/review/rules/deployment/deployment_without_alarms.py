from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["deployment_without_alarms"]


@rule(
    severity=Severity.WARNING,
    remedy="Give the group alarms on the errors of the alias (in the CDK: alarms=[...]).",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html",
)
def deployment_without_alarms(stack: StackReading) -> Iterator[Found]:
    """A deployment shifts traffic step by step, and nothing would stop it: all of it reaches a broken version."""
    for group in groups_of(stack):
        if not group.node.has("AlarmConfiguration", "Alarms", 0) and group.aliases:
            yield Found(node=group.node, message=f"{group.node.path} has no alarms.")
