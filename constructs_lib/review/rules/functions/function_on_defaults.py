from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["function_on_defaults"]

_DEFAULTS = (("Timeout", "3 s"), ("MemorySize", "128 MB"))


@rule(
    severity=Severity.NOTE,
    remedy="Set what the function was measured to need.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
)
def function_on_defaults(stack: StackReading) -> Iterator[Found]:
    """Nobody chose a function's timeout or memory: a slow answer of another service is an error, and a CPU is slow."""
    for node in stack.of_type("AWS::Lambda::Function"):
        left_out = [f"no {name}: {default}" for name, default in _DEFAULTS if not node.has(name)]
        if left_out:
            yield Found(node=node, message=f"{node.path} has {' and '.join(left_out)}.")
