from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import provisioned_sum

__all__ = ["provisioned_above_reserved"]


@rule(
    severity=Severity.ERROR,
    remedy="Raise ReservedConcurrentExecutions to the sum, and above it if $LATEST is called, or provision less.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
)
def provisioned_above_reserved(stack: StackReading) -> Iterator[Found]:
    """A function's provisioned concurrency is more than it may have in all: Lambda refuses it."""
    for function in functions_of(stack):
        reserved = function.node.number("ReservedConcurrentExecutions")
        total = provisioned_sum(function)
        if reserved is not None and total > reserved and function.node.surely_made:
            yield Found(
                node=function.node,
                message=f"{function.node.path} has {total:g} provisioned, of {reserved:g} reserved.",
            )
