from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import policies_of

__all__ = ["scaling_by_steps"]


@rule(
    severity=Severity.ERROR,
    remedy="Use TargetTrackingScaling.",
    source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html",
)
def scaling_by_steps(stack: StackReading) -> Iterator[Found]:
    """A function has a kind of scaling policy that Lambda does not support."""
    for node in policies_of(stack):
        kind = node.text("PolicyType")
        if kind in ("StepScaling", "PredictiveScaling") and node.surely_made:
            yield Found(node=node, message=f"{node.path} has the PolicyType {kind}.")
