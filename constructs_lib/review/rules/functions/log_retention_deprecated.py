from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["log_retention_deprecated"]


@rule(
    severity=Severity.NOTE,
    remedy="Pass a LogGroup as log_group instead of log_retention.",
    source="https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda.Function.html",
)
def log_retention_deprecated(stack: StackReading) -> Iterator[Found]:
    """A function that the CDK adds to the stack sets how long logs are kept: the way to do so is deprecated."""
    for node in stack.of_type("Custom::LogRetention"):
        yield Found(
            node=node, message=f"{node.path} is a custom resource that sets the retention of a log group."
        )
