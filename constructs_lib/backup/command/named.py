"""Which backup somebody means who names it, or says the latest."""

import re
from collections.abc import Mapping
from typing import Any, Final

from table_restore.reading import Clients

from constructs_lib.backup.command.failing import CommandError
from constructs_lib.backup.command.found import backups_of

__all__ = ["AVAILABLE", "LATEST", "backup_named", "region_of", "under_way"]

LATEST: Final = "latest"
AVAILABLE: Final = "AVAILABLE"
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupDetails.html"""
_BACKUP: Final = re.compile(
    r"arn:[\w-]+:dynamodb:(?P<region>[\w-]+):\d{12}:table/(?P<table>[\w.-]+)/backup/[\w-]+"
)
_ID: Final = re.compile(r"\d+-[0-9a-f]+")
_VAULT: Final = re.compile(r"arn:[\w-]+:backup:")


def backup_named(clients: Clients, table: str, asked: str, target: Mapping[str, Any]) -> str:
    """The ARN of the backup of `table` that `asked` means: an ARN, an id, or the latest.

    Args:
        clients: of boto3.
        table: the table's name.
        asked: what somebody said.
        target: what DescribeTable says of the new table; empty where there is none.

    Raises:
        CommandError: there is none, or it cannot be restored here.
    """
    arn = _newest(clients, table, target) if asked == LATEST else _with_id(clients, table, asked)
    _check(clients, arn, table)
    return arn


def under_way(target: Mapping[str, Any]) -> bool:
    """Whether `target` is being restored. What `latest` meant when that began it means until it has ended."""
    return bool((target.get("RestoreSummary") or {}).get("RestoreInProgress"))


def region_of(clients: Clients) -> str:
    """The Region in which tables are looked for."""
    region: str = clients.dynamodb.meta.region_name
    return region


def _check(clients: Clients, arn: str, table: str) -> None:
    if _VAULT.match(arn):
        raise CommandError(
            f"{arn} is a recovery point in a vault of AWS Backup, which alone restores it: "
            "`aws backup start-restore-job`."
        )
    found = _BACKUP.fullmatch(arn)
    if found is None:
        raise CommandError(f"{arn!r} is not a backup of DynamoDB: copy an id from `list --table {table}`.")
    if found["table"] != table:
        raise CommandError(f"The backup {arn} is of the table {found['table']}, and --table is {table}.")
    if found["region"] != region_of(clients):
        raise CommandError(
            f"The backup {arn} is in {found['region']}, and this is {region_of(clients)}: "
            f"give --region {found['region']}."
        )


def _newest(clients: Clients, table: str, target: Mapping[str, Any]) -> str:
    """The newest backup, or the one whose restore is under way."""
    before: str = (target.get("RestoreSummary") or {}).get("SourceBackupArn", "")
    found = _BACKUP.fullmatch(before)
    if found and found["table"] == table and under_way(target):
        return before
    good = [each for each in backups_of(clients.dynamodb, table) if each.status == AVAILABLE]
    if not good:
        raise CommandError(
            f"There is no backup of {table} in {region_of(clients)} that can be restored. Is it the Region?"
        )
    return max(good, key=lambda each: each.created).arn


def _with_id(clients: Clients, table: str, asked: str) -> str:
    """The ARN of the backup of `table` that `asked` names by its id; else `asked` itself."""
    if not _ID.fullmatch(asked):
        return asked
    found = next((each.arn for each in backups_of(clients.dynamodb, table) if each.id == asked), None)
    if found is None:
        raise CommandError(
            f"There is no backup {asked} of {table}: see what there is with `list --table {table}`."
        )
    return found
