from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["too_many_layers"]

_MOST = 5


@rule(
    severity=Severity.ERROR,
    remedy="Put what the layers hold into fewer of them, or into the function's package.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
)
def too_many_layers(stack: StackReading) -> Iterator[Found]:
    """A function has more layers than Lambda takes."""
    for node in stack.of_type("AWS::Lambda::Function"):
        count = node.count("Layers")
        if count is not None and count > _MOST and node.surely_made:
            yield Found(node=node, message=f"{node.path} has {count} layers; it may have {_MOST}.")
