from collections.abc import Iterator
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, is_known, text_of
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["replica_key_elsewhere"]


@rule(
    severity=Severity.ERROR,
    remedy="Name a key of the replica's own Region, such as a replica of a multi-Region key.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html",
)
def replica_key_elsewhere(stack: StackReading) -> Iterator[Found]:
    """A replica is encrypted with a key of another Region."""
    for table in tables_of(stack):
        for replica in table.replicas or ():
            region, name = text_of(replica.get("Region")), at(replica, "SSESpecification", "KMSMasterKeyId")
            there = _region_of(table.node, name)
            if region and there and region != there:
                yield Found(node=table.node, message=f"{table.node.path} has a key of {there} in {region}.")


def _region_of(table: Node, name: Any) -> str | None:
    if not isinstance(name, str):
        return None
    if name.startswith("arn:"):
        parts = name.split(":")
        return parts[3] if len(parts) > 3 and is_known(parts[3]) else None  # noqa: PLR2004 - the Region
    # The id of a multi-Region key is the same everywhere; an ARN names a Region.
    key = table.stack.find(name, "AWS::KMS::Key") if name.endswith(".Arn}") else None
    return key.stack.region if key is not None else None
