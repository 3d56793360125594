"""What is restored, once it is certain that it can be."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError
from table_restore.reading import Clients, read_settings, settings_of_backup
from table_restore.restoring import FromBackup, FromMoment, OccupiedError, Origin, begun
from table_restore.settings import TableSettings

from constructs_lib.backup.command.failing import CommandError, code_of
from constructs_lib.backup.command.named import AVAILABLE, LATEST, backup_named, region_of, under_way
from constructs_lib.backup.command.texts import moment, stamp

__all__ = ["Choice", "choose"]

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html"""
_GONE: Final = frozenset({"ResourceNotFoundException", "TableNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is restored.

    Attributes:
        origin: from where.
        source: what the table is like, or was when the backup was made, if it is gone.
        moment: what time the items are of.
        items: how many there are, as DynamoDB last counted; it does so about every six hours.
        size: likewise their bytes.
        begun: whether this restore was begun before.
    """

    origin: Origin
    source: TableSettings
    moment: datetime
    items: int
    size: int
    begun: bool


def choose(clients: Clients, arguments: argparse.Namespace) -> Choice:
    """What `arguments` choose.

    Raises:
        CommandError: it cannot be restored, or not to that name.
    """
    table = arguments.table.rpartition(":table/")[2]
    for option, name in (("--table", table), ("--to", arguments.to)):
        if not _NAME.fullmatch(name):
            raise CommandError(
                f"{option} {name!r} is no name of a table: 3 to 255 letters, digits, and _ . -"
            )
    if arguments.to == table:
        raise CommandError(f"--to is {table} itself: a restore makes a new table. Give another name.")
    target = _restored_before(clients, arguments.to)
    if arguments.backup:
        return _from_backup(clients, table, arguments.backup, target)
    return _from_moment(clients, table, arguments.at, target)


def _from_backup(clients: Clients, table: str, asked: str, target: Mapping[str, Any]) -> Choice:
    arn = backup_named(clients, table, asked, target)
    try:
        backup = clients.dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]
    except ClientError as error:
        if code_of(error) != "BackupNotFoundException":
            raise
        raise CommandError(
            f"There is no backup {arn}: see what there is with `list --table {table}`."
        ) from error
    details, source = backup["BackupDetails"], backup["SourceTableDetails"]
    if details["BackupStatus"] != AVAILABLE:
        raise CommandError(
            f"The backup {arn} is {details['BackupStatus']}: only one that is AVAILABLE can be restored."
        )
    origin = FromBackup(backup=arn)
    try:
        settings = read_settings(clients, table)
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
        settings = settings_of_backup(backup)
    return Choice(
        origin=origin,
        source=settings,
        moment=details["BackupCreationDateTime"],
        items=int(source.get("ItemCount") or 0),
        size=int(details.get("BackupSizeBytes") or source.get("TableSizeBytes") or 0),
        begun=_begun(clients, origin, target),
    )


def _from_moment(clients: Clients, table: str, asked: str, target: Mapping[str, Any]) -> Choice:
    wished = None if asked == LATEST else moment(asked)
    try:
        source = read_settings(clients, table)
        described = clients.dynamodb.describe_table(TableName=table)["Table"]
    except ClientError as error:
        if code_of(error) not in _GONE:
            raise
        raise CommandError(
            f"There is no table {table} in {region_of(clients)}. Of a table that had point-in-time recovery when it "
            "was deleted there is a backup for 35 days: try --backup latest."
        ) from error
    if wished is None:
        wished = _latest_moment(source.arn, target)
    if wished is None or not target:
        wished = _within_window(clients, table, wished)
    origin = FromMoment(table=source.arn, moment=wished)
    return Choice(
        origin=origin,
        source=source,
        moment=wished,
        items=int(described.get("ItemCount") or 0),
        size=int(described.get("TableSizeBytes") or 0),
        begun=_begun(clients, origin, target),
    )


def _within_window(clients: Clients, table: str, wished: datetime | None) -> datetime:
    answer = clients.dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    window = answer.get("PointInTimeRecoveryDescription") or {}
    if window.get("PointInTimeRecoveryStatus") != "ENABLED" or "LatestRestorableDateTime" not in window:
        raise CommandError(
            f"Point-in-time recovery of {table} is off, so that no moment of it can be restored: give --backup, and "
            f"see what there is with `list --table {table}`."
        )
    earliest, latest = window["EarliestRestorableDateTime"], window["LatestRestorableDateTime"]
    chosen: datetime = (wished or latest).replace(microsecond=0)
    if chosen > latest:
        raise CommandError(
            f"{stamp(chosen)} is too late: {stamp(latest)} is the latest time that can be restored now, typically five "
            "minutes ago. Wait, or give --at latest."
        )
    if chosen < earliest.replace(microsecond=0):
        raise CommandError(
            f"{stamp(chosen)} is too early: {table} can be restored from {stamp(earliest)} on, or by --backup."
        )
    return chosen


def _latest_moment(table_arn: str, target: Mapping[str, Any]) -> datetime | None:
    """The moment of a restore that is under way; None for the latest that there is now."""
    summary = target.get("RestoreSummary") or {}
    if summary.get("SourceBackupArn") or summary.get("SourceTableArn") != table_arn:
        return None
    moment: datetime | None = summary.get("RestoreDateTime") if under_way(target) else None
    return moment


def _restored_before(clients: Clients, to: str) -> Mapping[str, Any]:
    """The table `to`; empty where there is none."""
    try:
        found: Mapping[str, Any] = clients.dynamodb.describe_table(TableName=to)["Table"]
    except ClientError as error:
        if code_of(error) in _GONE:
            return {}
        raise
    return found


def _begun(clients: Clients, origin: Origin, target: Mapping[str, Any]) -> bool:
    if not target:
        return False
    name, summary = target["TableName"], target.get("RestoreSummary") or {}
    try:
        return begun(clients.dynamodb, origin, name)
    except OccupiedError as error:
        what = "no restore"
        if summary.get("SourceBackupArn"):
            what = f"the restore of another backup: --backup {summary['SourceBackupArn']} goes on with that"
        elif "RestoreDateTime" in summary:
            what = f"the restore to another time: --at {stamp(summary['RestoreDateTime'])} goes on with that"
        raise CommandError(
            f"There is a table {name} already, and it is {what}. Nothing is overwritten: "
            "give another name with --to."
        ) from error
