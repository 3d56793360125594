from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of, functions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["log_group_left_to_lambda"]

_PREFIX = "/aws/lambda/"


@rule(
    severity=Severity.NOTE,
    remedy="Give it an AWS::Logs::LogGroup with RetentionInDays in LoggingConfig.LogGroup (in the CDK: log_group=).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html",
)
def log_group_left_to_lambda(stack: StackReading) -> Iterator[Found]:
    """A function makes its log group itself: it keeps everything forever, and no alarm can be made on it before."""
    kept = stack.whole.referring(("Custom::LogRetention",), _its_function)
    for function in functions_of(stack):
        node = function.node
        if function.log_group is None and not node.has("LoggingConfig", "LogGroup") and node not in kept:
            yield Found(node=node, message=f"{node.path} has no log group of the template.")


def _its_function(retention: Node) -> list[Node | None]:
    name = retention.value("LogGroupName")
    callee = callee_of(retention.stack, name.removeprefix(_PREFIX)) if isinstance(name, str) else None
    return [callee.function if callee else None]
