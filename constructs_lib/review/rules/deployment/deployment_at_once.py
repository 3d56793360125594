from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["deployment_at_once"]


@rule(
    severity=Severity.NOTE,
    remedy="Use a canary, such as CodeDeployDefault.LambdaCanary10Percent5Minutes.",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html",
)
def deployment_at_once(stack: StackReading) -> Iterator[Found]:
    """A deployment gives the new version all traffic at once: what is wrong with it reaches everybody."""
    for group in groups_of(stack):
        if group.seconds == 0 and group.aliases:
            yield Found(
                node=group.node,
                message=f"{group.node.path} shifts all traffic at once ({group.node.value('DeploymentConfigName')}).",
            )
