from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["tracing_off"]


@rule(
    severity=Severity.NOTE,
    remedy="Set TracingConfig.Mode to Active (in the CDK: tracing=Tracing.ACTIVE).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
)
def tracing_off(stack: StackReading) -> Iterator[Found]:
    """A function is not traced: where the time of a slow request went is nowhere to be seen."""
    for node in stack.of_type("AWS::Lambda::Function"):
        if node.text("TracingConfig", "Mode", default="PassThrough") == "PassThrough":
            yield Found(node=node, message=f"{node.path} has no active tracing.")
