from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import missing_words

__all__ = ["function_may_not_trace"]


@rule(
    severity=Severity.WARNING,
    remedy="Allow the function's role xray:PutTraceSegments and xray:PutTelemetryRecords (CDK does it for tracing; "
    "the managed policy AWSXRayDaemonWriteAccess has them).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
)
def function_may_not_trace(stack: StackReading) -> Iterator[Found]:
    """A function has tracing on, and its role may not send traces: there are none."""
    for function in functions_of(stack):
        role, node = function.role, function.node
        on = node.text("TracingConfig", "Mode") == "Active"
        if role and on and (missing := lacks(role, ["xray:PutTraceSegments"])):
            yield Found(node=node, message=f"{node.path} has tracing on, and {missing_words(role, missing)}.")
