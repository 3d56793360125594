from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_above_reserved"]


@rule(
    severity=Severity.WARNING,
    remedy="Reserve as much as it may scale to, or lower MaxCapacity.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
)
def scaling_above_reserved(stack: StackReading) -> Iterator[Found]:
    """Provisioned concurrency may scale beyond what is reserved for the function: Lambda refuses that step."""
    for node in scalable_targets(stack):
        name = str(node.value("ResourceId")).removeprefix("function:").partition(":")[0]
        callee = callee_of(stack, name)
        high = node.number("MaxCapacity")
        reserved = callee.function.number("ReservedConcurrentExecutions") if callee else None
        if reserved is not None and high is not None and high > reserved:
            yield Found(
                node=node,
                message=f"{node.path} has a MaxCapacity of {high:g}; the function has {reserved:g} reserved.",
            )
