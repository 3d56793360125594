from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["table_indexes_above_quota"]

_QUOTA: Final = 20


@rule(
    severity=Severity.WARNING,
    remedy="Drop an index, or ask AWS for a higher quota before you deploy.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
)
def table_indexes_above_quota(stack: StackReading) -> Iterator[Found]:
    """A table has more global indexes than accounts may have without asking."""
    for node in stack.of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        count = node.count("GlobalSecondaryIndexes")
        if count is not None and count > _QUOTA:
            yield Found(
                node=node, message=f"{node.path} has {count} global secondary indexes; the quota is {_QUOTA}."
            )
