"""Tables of DynamoDB as rules see them, in one Region or in several.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.data import at, flag_of, has, items_of, text_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["GLOBAL_TABLE", "TABLE", "TABLES", "Table", "table_of", "tables_of"]

TABLE: Final = "AWS::DynamoDB::Table"
GLOBAL_TABLE: Final = "AWS::DynamoDB::GlobalTable"
TABLES: Final = (TABLE, GLOBAL_TABLE)
_RECOVERY: Final = ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")


class Table:
    """A table, and what its replicas say of it."""

    def __init__(self, node: Node) -> None:
        """See `node`."""
        self.node = node

    @cached_property
    def replicas(self) -> Sequence[Mapping[str, Any]] | None:
        """What each Region says; of a table in one Region nothing; None where which there are is unknown."""
        found = self.node.value("Replicas")
        if self.node.type == TABLE or found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            return None
        return found

    @cached_property
    def regions(self) -> list[str] | None:
        """The Regions of its replicas; None where any is unknown."""
        return _regions(self.replicas)

    @cached_property
    def witnesses(self) -> list[str] | None:
        """The Regions of its witnesses; None where any is unknown."""
        return _regions(self.node.items("GlobalTableWitnesses"))

    @property
    def billing(self) -> str | None:
        """``PROVISIONED`` or ``PAY_PER_REQUEST``; None where it is unknown."""
        return self.node.text("BillingMode", default="PROVISIONED")

    @property
    def recovers(self) -> bool | None:
        """Whether it has point-in-time recovery, in one of its Regions at least; None where that is unknown."""
        return self._in_any_region(*_RECOVERY)

    @property
    def protected(self) -> bool | None:
        """Whether it cannot be deleted, in one of its Regions at least; None where that is unknown."""
        return self._in_any_region("DeletionProtectionEnabled")

    def _in_any_region(self, *keys: str) -> bool | None:
        places = [self.node.properties] if self.node.type == TABLE else self.replicas
        if places is None:
            return None
        flags = [flag_of(at(each, *keys)) if has(each, *keys) else False for each in places]
        return True if True in flags else None if None in flags else False


def tables_of(where: StackReading | Reading) -> list[Table]:
    """The tables of a stack, or of all."""
    return [Table(each) for each in where.of_type(*TABLES)]


def table_of(node: Node) -> Table:
    """What is known of one table."""
    return Table(node)


def _regions(written: Sequence[Any] | None) -> list[str] | None:
    found = [text_of(at(each, "Region")) for each in items_of(written)]
    return None if written is None or None in found else [each for each in found if each is not None]
