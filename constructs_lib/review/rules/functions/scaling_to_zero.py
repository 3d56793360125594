from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_to_zero"]


@rule(
    severity=Severity.WARNING,
    remedy="Set MinCapacity to 1 or more.",
    source="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
)
def scaling_to_zero(stack: StackReading) -> Iterator[Found]:
    """Provisioned concurrency may scale in to 0: then it is utilized by nothing, and nothing scales it out again."""
    for node in scalable_targets(stack):
        if node.number("MinCapacity") == 0:
            yield Found(node=node, message=f"{node.path} has a MinCapacity of 0.")
