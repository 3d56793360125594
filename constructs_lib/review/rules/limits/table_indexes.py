from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_indexes"]

_LOCAL: Final = 5
_ATTRIBUTES: Final = 100


@rule(
    severity=Severity.ERROR,
    remedy="Drop an index, or project ALL or KEYS_ONLY.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
)
def table_indexes(stack: StackReading) -> Iterator[Found]:
    """A table has more local indexes, or more attributes in its indexes, than DynamoDB takes."""
    for node in stack.of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        local = node.count("LocalSecondaryIndexes")
        if local is not None and local > _LOCAL:
            yield Found(
                node=node, message=f"{node.path} has {local} local secondary indexes; it may have {_LOCAL}."
            )
        projected = sum(
            len(items_of(at(each, "Projection", "NonKeyAttributes")))
            for key in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
            for each in node.items(key)
        )
        if projected > _ATTRIBUTES:
            yield Found(
                node=node,
                message=f"{node.path} projects {projected} attributes into indexes; it may project {_ATTRIBUTES}.",
            )
