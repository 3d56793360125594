from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import LATEST, functions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["provisioned_and_not_called"]


@rule(
    severity=Severity.WARNING,
    remedy="Let those who call the function call the alias.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
)
def provisioned_and_not_called(stack: StackReading) -> Iterator[Found]:
    """Provisioned concurrency is paid for an alias, and all calls go to $LATEST."""
    for function in functions_of(stack):
        called = {each.callee.qualifier for each in function.invocations}
        if called == {LATEST}:
            by = function.invocations[0].by
            for each in function.provisioned():
                yield Found(
                    node=each,
                    message=f"{each.path} has provisioned concurrency, but {by.path} calls $LATEST.",
                )
