"""DynamoDB tables, and what is kept of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.cost.bill import HOURS
from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_backup_vaults", "price_tables"]

_TABLE: Final = "AWS::DynamoDB::Table"
_GLOBAL_TABLE: Final = "AWS::DynamoDB::GlobalTable"
_MADE_REPLICA: Final = "Custom::DynamoDBReplica"
_GROUP: Final = "tables"
_BACKUPS: Final = "backups"
_INFREQUENT: Final = "STANDARD_INFREQUENT_ACCESS"
_ON_DEMAND: Final = "PAY_PER_REQUEST"
_RECOVERY: Final = ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")
_KEPT: Final = {"backup_gb": "table-backup", "export_gb": "table-export", "restore_gb": "table-restore"}


@dataclass(frozen=True, kw_only=True)
class _Copy:
    """A table in one Region: the only one, or a replica."""

    region: str | None
    infrequent: bool
    recovery: bool | None


def price_tables(sheet: Sheet) -> None:
    """Bill requests or capacity, storage, point-in-time recovery, and what is backed up, exported and restored."""
    scaling = _scaling(sheet)
    for node in sheet.stack.of_type(_TABLE, _GLOBAL_TABLE):
        copies = list(_copies(node))
        _price_throughput(sheet, node, copies)
        if node.id in scaling:
            sheet.bill.unknown(f"{node.path} scales its capacity: the sum has what the template begins with.")
        _price_storage(sheet, node, copies)
        for amount, key in _KEPT.items():
            sheet.used(node, _BACKUPS, amount, key, needed=False)
    for node in sheet.stack.of_type(_MADE_REPLICA):
        sheet.bill.unknown(f"{node.path}: a replica that a custom resource makes is not priced.")


def _copies(node: Node) -> Iterator[_Copy]:
    replicas = len(node.items("Replicas")) if node.type == _GLOBAL_TABLE else 0
    places: list[tuple[str | int, ...]] = [("Replicas", index) for index in range(replicas)] or [()]
    for place in places:
        yield _Copy(
            region=node.text(*place, "Region"),
            infrequent=(node.text(*place, "TableClass") or node.text("TableClass")) == _INFREQUENT,
            recovery=node.flag(*place, *_RECOVERY, default=False),
        )


def _price_throughput(sheet: Sheet, node: Node, copies: list[_Copy]) -> None:
    mode = node.text("BillingMode", default="PROVISIONED")
    if mode == _ON_DEMAND:
        _price_requests(sheet, node, copies)
    elif mode is None:
        sheet.bill.unknown(f"{node.path}: whether it is on demand is known only at deployment.")
    elif node.type == _GLOBAL_TABLE or any(each.infrequent for each in copies):
        sheet.bill.unknown(
            f"{node.path}: provisioned capacity of a global or Standard-IA table is not priced."
        )
    else:
        _price_capacity(sheet, node)


def _price_requests(sheet: Sheet, node: Node, copies: list[_Copy]) -> None:
    """Reads are counted in the stack's Region, writes in all: a replica pays for what is replicated to it."""
    amounts = sheet.amounts(node)
    reads, writes = amounts.number("reads"), amounts.number("writes")
    sheet.bill.untold("table", node, [name for name in ("reads", "writes") if amounts.number(name) is None])
    suffix = "-infrequent" if copies[0].infrequent else ""
    if reads is not None:
        sheet.bill.add(node, _GROUP, f"table-read{suffix}", reads)
    for each in copies if writes is not None else ():
        key = "table-write-infrequent" if each.infrequent else "table-write"
        sheet.bill.add(node, _GROUP, key, writes, region=each.region)
    if len(copies) > 1:
        sheet.bill.unknown(f"{node.path}: what replication transfers between Regions is not in the sum.")


def _price_capacity(sheet: Sheet, node: Node) -> None:
    places: list[tuple[str | int, ...]] = [("ProvisionedThroughput",)]
    indexes = len(node.items("GlobalSecondaryIndexes"))
    places += [("GlobalSecondaryIndexes", index, "ProvisionedThroughput") for index in range(indexes)]
    for unit, key in (
        ("ReadCapacityUnits", "table-read-capacity"),
        ("WriteCapacityUnits", "table-write-capacity"),
    ):
        units = [node.number(*place, unit) for place in places]
        known = [each for each in units if each is not None]
        whole = len(known) == len(units)
        if not whole:
            sheet.bill.unknown(f"{node.path}: its capacity is known only at deployment.")
        sheet.bill.add(node, _GROUP, key, sum(known) * HOURS if whole else None)


def _scaling(sheet: Sheet) -> set[str]:
    """The logical ids of tables whose capacity scales."""
    targets = sheet.stack.of_type("AWS::ApplicationAutoScaling::ScalableTarget")
    return {table.id for each in targets for table in sheet.stack.mentioned(str(each.value("ResourceId")))}


def _price_storage(sheet: Sheet, node: Node, copies: list[_Copy]) -> None:
    stored = sheet.amounts(node).number("stored_gb")
    if stored is None:
        sheet.bill.untold("table", node, ["stored_gb"])
        return
    for each in copies:
        key = "table-stored-infrequent" if each.infrequent else "table-stored"
        sheet.bill.add(node, _GROUP, key, stored, region=each.region)
        if each.recovery is None:
            sheet.bill.unknown(
                f"{node.path}: whether it has point-in-time recovery is known only at deployment."
            )
        elif each.recovery:
            sheet.bill.add(node, _BACKUPS, "table-recovery", stored, region=each.region)


def price_backup_vaults(sheet: Sheet) -> None:
    """Bill backups of tables that AWS Backup keeps, where the traffic file tells."""
    for node in sheet.stack.of_type("AWS::Backup::BackupVault"):
        sheet.used(node, _BACKUPS, "backup_gb", "table-backup")
