from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, has, number_of, surely_has
from constructs_lib.review.reading.tables import TABLE, tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_throughput_mismatch"]


@rule(
    severity=Severity.ERROR,
    remedy="Give ProvisionedThroughput with PROVISIONED, which is the default, and none with PAY_PER_REQUEST; "
    "for each index as well.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html",
)
def table_throughput_mismatch(stack: StackReading) -> Iterator[Found]:
    """A table's capacity does not go with its billing mode: DynamoDB refuses it."""
    for table in tables_of(stack):
        if table.node.type != TABLE:
            continue
        for where, place in _places(table.node):
            problem = _problem(place, table.billing)
            if problem:
                yield Found(node=table.node, message=f"{where} {problem}.")


def _places(node: Node) -> Iterator[tuple[str, Any]]:
    yield node.path, node.properties
    for index in node.items("GlobalSecondaryIndexes"):
        if isinstance(index, Mapping):
            yield f"The index {index.get('IndexName')} of {node.path}", index


def _problem(place: Any, billing: str | None) -> str | None:
    if billing == "PROVISIONED" and not has(place, "ProvisionedThroughput"):
        return "is paid by provisioned capacity and has no ProvisionedThroughput"
    if billing == "PROVISIONED" and surely_has(place, "OnDemandThroughput"):
        return "is paid by provisioned capacity and has OnDemandThroughput"
    units = at(place, "ProvisionedThroughput")
    if (
        billing == "PAY_PER_REQUEST"
        and isinstance(units, Mapping)
        and any(number_of(each) for each in units.values())
    ):
        return "is paid by request and has ProvisionedThroughput"
    return None
