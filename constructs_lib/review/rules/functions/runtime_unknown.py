from collections.abc import Iterator
from difflib import get_close_matches

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import RUNTIMES
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["runtime_unknown"]


@rule(
    severity=Severity.WARNING,
    remedy="Correct the identifier, unless it is newer than this review.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
def runtime_unknown(stack: StackReading) -> Iterator[Found]:
    """A function has a runtime that Lambda does not list."""
    for node in stack.of_type("AWS::Lambda::Function"):
        name = node.text("Runtime")
        if name is not None and name not in RUNTIMES:
            near = get_close_matches(name, RUNTIMES, n=1)
            hint = f"; the nearest is {near[0]}" if near else ""
            yield Found(
                node=node, message=f"{node.path} has the runtime {name}, which Lambda does not list{hint}."
            )
