from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import GROUP

__all__ = ["too_many_deployment_alarms"]

_MOST = 10


@rule(
    severity=Severity.ERROR,
    remedy="Keep the alarms that tell a broken version; let others page.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-alarmconfiguration.html",
)
def too_many_deployment_alarms(stack: StackReading) -> Iterator[Found]:
    """A deployment group has more alarms than CodeDeploy takes."""
    for node in stack.of_type(GROUP):
        count = node.count("AlarmConfiguration", "Alarms")
        if count is not None and count > _MOST and node.surely_made:
            yield Found(node=node, message=f"{node.path} has {count} alarms; it may have {_MOST}.")
