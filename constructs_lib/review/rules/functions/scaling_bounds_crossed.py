from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_bounds_crossed"]


@rule(
    severity=Severity.ERROR,
    remedy="Set MaxCapacity to MinCapacity or more.",
    source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
)
def scaling_bounds_crossed(stack: StackReading) -> Iterator[Found]:
    """The least capacity is above the greatest: Application Auto Scaling refuses it."""
    for node in scalable_targets(stack):
        low, high = node.number("MinCapacity"), node.number("MaxCapacity")
        if low is not None and high is not None and low > high and node.surely_made:
            yield Found(
                node=node, message=f"{node.path} has a MinCapacity of {low:g} and a MaxCapacity of {high:g}."
            )
