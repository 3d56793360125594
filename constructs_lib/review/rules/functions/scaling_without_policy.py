from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import POLICY, TARGET, scalable_targets

__all__ = ["scaling_without_policy"]


@rule(
    severity=Severity.WARNING,
    remedy="Add a target tracking policy or scheduled actions (in the CDK: scale_on_utilization, scale_on_schedule).",
    source="https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-lambda.html",
)
def scaling_without_policy(stack: StackReading) -> Iterator[Found]:
    """A function can be scaled, and nothing ever scales it."""
    policies = stack.whole.referring((POLICY,), _its_target)
    by_id = {str(each.value("ResourceId")) for each in stack.of_type(POLICY) if each.has("ResourceId")}
    for node in scalable_targets(stack):
        if (
            node not in policies
            and str(node.value("ResourceId")) not in by_id
            and not node.has("ScheduledActions", 0)
        ):
            yield Found(node=node, message=f"{node.path} has neither a scaling policy nor scheduled actions.")


def _its_target(policy: Node) -> list[Node | None]:
    return [policy.target("ScalingTargetId", types=(TARGET,))]
