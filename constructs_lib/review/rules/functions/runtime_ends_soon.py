from collections.abc import Iterator
from datetime import timedelta

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import RUNTIMES
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["runtime_ends_soon"]

_SOON = timedelta(days=180)
"""The notice that AWS gives: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-support-policy"""


@rule(
    severity=Severity.NOTE,
    remedy="Plan the move to a newer runtime.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
def runtime_ends_soon(stack: StackReading) -> Iterator[Found]:
    """The support of a runtime ends within half a year."""
    for node in stack.of_type("AWS::Lambda::Function"):
        name = node.text("Runtime")
        runtime = RUNTIMES.get(name or "")
        if runtime and runtime.deprecated and timedelta() < runtime.deprecated - stack.whole.today <= _SOON:
            yield Found(
                node=node, message=f"{node.path} has the runtime {name}, deprecated on {runtime.deprecated}."
            )
