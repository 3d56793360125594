from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import LATEST
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_of_latest"]


@rule(
    severity=Severity.WARNING,
    remedy="Point it at an AWS::Lambda::Version (in the CDK: function.current_version).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
)
def alias_of_latest(stack: StackReading) -> Iterator[Found]:
    """An alias points at $LATEST: nothing can be rolled back, and a change reaches all callers at once."""
    for node in stack.of_type("AWS::Lambda::Alias"):
        if node.text("FunctionVersion") == LATEST:
            yield Found(node=node, message=f"{node.path} has the FunctionVersion $LATEST.")
