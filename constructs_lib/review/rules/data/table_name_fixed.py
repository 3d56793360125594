from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_name_fixed"]


@rule(
    severity=Severity.NOTE,
    remedy="Leave TableName out, or give another name together with a change that replaces the table.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
)
def table_name_fixed(stack: StackReading) -> Iterator[Found]:
    """A table has a name of its own: a change that replaces it fails, since the old one has the name."""
    for table in tables_of(stack):
        if surely_has(table.node.properties, "TableName"):
            yield Found(
                node=table.node,
                message=f"{table.node.path} has the TableName {table.node.value('TableName')}.",
            )
