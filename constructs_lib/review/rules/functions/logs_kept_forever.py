from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["logs_kept_forever"]


@rule(
    severity=Severity.WARNING,
    remedy="Set RetentionInDays.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html",
)
def logs_kept_forever(stack: StackReading) -> Iterator[Found]:
    """A log group keeps everything forever, and every month costs more than the one before."""
    for node in stack.of_type("AWS::Logs::LogGroup"):
        if not node.has("RetentionInDays"):
            yield Found(node=node, message=f"{node.path} has no RetentionInDays.")
