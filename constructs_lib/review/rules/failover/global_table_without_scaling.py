from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import GLOBAL_TABLE, tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["global_table_without_scaling"]


@rule(
    severity=Severity.ERROR,
    remedy="Give WriteProvisionedThroughputSettings, or set BillingMode to PAY_PER_REQUEST.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html",
)
def global_table_without_scaling(stack: StackReading) -> Iterator[Found]:
    """A global table with provisioned capacity does not say how its writes scale: CloudFormation refuses it."""
    for table in tables_of(stack):
        if (
            table.node.type != GLOBAL_TABLE
            or table.billing != "PROVISIONED"
            or table.node.has("GlobalTableSourceArn")
        ):
            continue
        if not table.node.has("WriteProvisionedThroughputSettings"):
            yield Found(
                node=table.node,
                message=f"{table.node.path} has provisioned capacity and no WriteProvisionedThroughputSettings.",
            )
