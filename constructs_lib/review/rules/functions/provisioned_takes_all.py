from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import LATEST, functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import provisioned_sum

__all__ = ["provisioned_takes_all"]


@rule(
    severity=Severity.WARNING,
    remedy="Reserve more than is provisioned, or call the alias.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
)
def provisioned_takes_all(stack: StackReading) -> Iterator[Found]:
    """All reserved concurrency is provisioned for other qualifiers: calls of $LATEST are throttled."""
    for function in functions_of(stack):
        reserved = function.node.number("ReservedConcurrentExecutions")
        callers = [each.by for each in function.invocations if each.callee.qualifier == LATEST]
        if reserved and provisioned_sum(function) == reserved and callers:
            yield Found(
                node=function.node,
                message=f"{function.node.path} has all of its {reserved:g} provisioned, and {callers[0].path} calls "
                "$LATEST.",
            )
