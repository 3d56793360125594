"""What rules of provisioned concurrency and its scaling ask for."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import Function

__all__ = [
    "DIMENSION",
    "POLICY",
    "TARGET",
    "policies_of",
    "provisioned_sum",
    "provisioned_surely",
    "scalable_targets",
]

TARGET: Final = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY: Final = "AWS::ApplicationAutoScaling::ScalingPolicy"
DIMENSION: Final = "lambda:function:ProvisionedConcurrency"
_CONFIG: Final = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")


def provisioned_surely(function: Function) -> Iterator[Node]:
    """The aliases and versions that surely have provisioned concurrency."""
    return (each for each in function.provisioned() if each.surely_made and each.number(*_CONFIG))


def provisioned_sum(function: Function) -> float:
    """How much is surely provisioned for a function in all."""
    return sum(each.number(*_CONFIG) or 0.0 for each in provisioned_surely(function))


def scalable_targets(stack: StackReading) -> Iterator[Node]:
    """The scalable targets of functions."""
    return (each for each in stack.of_type(TARGET) if each.text("ServiceNamespace") == "lambda")


def policies_of(stack: StackReading) -> Iterator[Node]:
    """The scaling policies of functions."""
    for each in stack.of_type(POLICY):
        target = each.target("ScalingTargetId", types=(TARGET,))
        named = target.text("ServiceNamespace") if target else each.text("ServiceNamespace")
        if named == "lambda":
            yield each
