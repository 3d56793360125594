from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["reserved_concurrency_zero"]


@rule(
    severity=Severity.WARNING,
    remedy="Set it to what the function needs; acknowledge it where it shall stay switched off.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
)
def reserved_concurrency_zero(stack: StackReading) -> Iterator[Found]:
    """A function is switched off: calls are throttled, and events go to its dead letters without a try."""
    for node in stack.of_type("AWS::Lambda::Function"):
        if node.number("ReservedConcurrentExecutions") == 0:
            yield Found(node=node, message=f"{node.path} has a ReservedConcurrentExecutions of 0.")
