from collections.abc import Iterator, Sequence
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, items_of, text_of
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_attributes_mismatch"]


@rule(
    severity=Severity.ERROR,
    remedy="Define in AttributeDefinitions the attributes that keys of the table and its indexes have, and no "
    "others.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html",
)
def table_attributes_mismatch(stack: StackReading) -> Iterator[Found]:
    """A table defines other attributes than its keys have: DynamoDB refuses it."""
    for table in tables_of(stack):
        node = table.node
        defined = _names(node.items("AttributeDefinitions"))
        places = [
            node.properties,
            *node.items("GlobalSecondaryIndexes"),
            *node.items("LocalSecondaryIndexes"),
        ]
        keys = [_names(items_of(at(place, "KeySchema"))) for place in places]
        if (
            defined is None
            or None in keys
            or not defined
            or node.has("VectorIndexes")
            or not node.has("KeySchema")
        ):
            continue
        used = {name for each in keys for name in each or ()}
        for what, names in (("does not define", used - defined), ("defines, in no key,", defined - used)):
            if names:
                yield Found(node=node, message=f"{node.path} {what} {', '.join(sorted(names))}.")


def _names(written: Sequence[Any]) -> set[str] | None:
    found = [text_of(at(each, "AttributeName")) for each in written]
    return None if None in found else {each for each in found if each is not None}
