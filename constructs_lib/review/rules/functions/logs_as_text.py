from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["logs_as_text"]


@rule(
    severity=Severity.NOTE,
    remedy="Set LoggingConfig.LogFormat to JSON (in the CDK: logging_format=LoggingFormat.JSON).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html",
)
def logs_as_text(stack: StackReading) -> Iterator[Found]:
    """A function writes its logs as text: they have no fields to search, filter or count by."""
    for node in stack.of_type("AWS::Lambda::Function"):
        if node.text("LoggingConfig", "LogFormat", default="Text") == "Text":
            yield Found(node=node, message=f"{node.path} writes its logs as text.")
