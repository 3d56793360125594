from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING, PIPE

__all__ = ["stream_not_enabled"]

_STREAM: Final = ".StreamArn}"


@rule(
    severity=Severity.ERROR,
    remedy="Add a StreamSpecification to the table (stream in the CDK).",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html",
)
def stream_not_enabled(stack: StackReading) -> Iterator[Found]:
    """The stream of a table is read, and the table has none: the deployment fails."""
    for reader in stack.of_type(MAPPING, PIPE):
        arn = reader.value("EventSourceArn" if reader.type == MAPPING else "Source")
        if not isinstance(arn, str) or not arn.endswith(_STREAM):
            continue
        table = stack.find(arn)
        if (
            table is not None
            and table.type == "AWS::DynamoDB::Table"
            and not table.has("StreamSpecification")
        ):
            yield Found(
                node=reader,
                message=f"{reader.path} reads the stream of {table.path}, which has no StreamSpecification.",
            )
