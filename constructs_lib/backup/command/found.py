"""What there is to restore from: backups of DynamoDB, recovery points of AWS Backup, and point-in-time recovery."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from table_restore.reading import Clients

__all__ = ["Found", "Source", "backups_of", "recovery_points_of", "tables_of", "window_of"]

Source = Literal["by hand", "schedule", "deletion", "AWS Backup", "PITR"]
_BY_SCHEDULE: Final = re.compile(r".+-\d{8}T\d{6}Z-[0-9a-f]{12}")
"""How `ScheduledBackup` names backups: a prefix, the scheduled time, and a part by chance."""
_TABLE: Final = ":table/"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something to restore from.

    Attributes:
        table: the table's name.
        table_arn: its ARN; empty where nobody says it.
        source: who made it: somebody by hand, a schedule of `ScheduledBackup`, DynamoDB when the table was deleted,
            AWS Backup, or point-in-time recovery.
        name: its name; of point-in-time recovery the latest time, of AWS Backup the vault.
        arn: its ARN; empty for point-in-time recovery.
        created: when it was requested; of point-in-time recovery the earliest time.
        until: of point-in-time recovery the latest time; else as `created`.
        size: its bytes.
        status: what AWS says of it.
    """

    table: str
    table_arn: str
    source: Source
    name: str
    arn: str
    created: datetime
    until: datetime
    size: int
    status: str

    @property
    def id(self) -> str:
        """The part of its ARN that tells it from the others."""
        return re.split("[:/]", self.arn)[-1]


def tables_of(clients: Clients) -> list[str]:
    """The names of all tables."""
    pages = clients.dynamodb.get_paginator("list_tables").paginate()
    return [name for page in pages for name in page["TableNames"]]


def backups_of(dynamodb: Any, table: str | None) -> Iterator[Found]:
    """The backups of DynamoDB of one table, or of all, a page at a time; the table may be gone."""
    request: dict[str, Any] = {"BackupType": "ALL", **({"TableName": table} if table else {})}
    while True:
        page = dynamodb.list_backups(**request)
        for each in page.get("BackupSummaries", ()):
            if each.get("BackupStatus") != "DELETED":
                yield _backup(each)
        # A page may be empty and not the last one.
        if not page.get("LastEvaluatedBackupArn"):
            return
        request["ExclusiveStartBackupArn"] = page["LastEvaluatedBackupArn"]


def recovery_points_of(backup: Any, table_arn: str | None, name: str | None = None) -> Iterator[Found]:
    """The recovery points of AWS Backup of one table, or of all of this name, or of all that AWS Backup protects."""
    if table_arn is None:
        pages = backup.get_paginator("list_protected_resources").paginate()
        arns = [
            each["ResourceArn"]
            for page in pages
            for each in page.get("Results", ())
            if each.get("ResourceType") == "DynamoDB"
            and name in (None, each["ResourceArn"].rpartition(_TABLE)[2])
        ]
    else:
        arns = [table_arn]
    for arn in arns:
        for page in backup.get_paginator("list_recovery_points_by_resource").paginate(ResourceArn=arn):
            for each in page.get("RecoveryPoints", ()):
                yield _recovery_point(each, arn)


def window_of(dynamodb: Any, table: str) -> Found | None:
    """What point-in-time recovery of a table can restore; None where it is off."""
    described = dynamodb.describe_table(TableName=table)["Table"]
    answer = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    window = answer.get("PointInTimeRecoveryDescription") or {}
    earliest, latest = window.get("EarliestRestorableDateTime"), window.get("LatestRestorableDateTime")
    if window.get("PointInTimeRecoveryStatus") != "ENABLED" or earliest is None or latest is None:
        return None
    return Found(
        table=table,
        table_arn=described["TableArn"],
        source="PITR",
        name="",
        arn="",
        created=earliest,
        until=latest,
        size=int(described.get("TableSizeBytes") or 0),
        status="ENABLED",
    )


def _backup(summary: Mapping[str, Any]) -> Found:
    kinds: dict[str, Source] = {"SYSTEM": "deletion", "AWS_BACKUP": "AWS Backup"}
    by_user: Source = "schedule" if _BY_SCHEDULE.fullmatch(summary["BackupName"]) else "by hand"
    return Found(
        table=summary["TableName"],
        table_arn=summary.get("TableArn", ""),
        source=kinds.get(summary["BackupType"], by_user),
        name=summary["BackupName"],
        arn=summary["BackupArn"],
        created=summary["BackupCreationDateTime"],
        until=summary["BackupCreationDateTime"],
        size=int(summary.get("BackupSizeBytes") or 0),
        status=summary["BackupStatus"],
    )


def _recovery_point(point: Mapping[str, Any], table_arn: str) -> Found:
    return Found(
        table=table_arn.rpartition(_TABLE)[2],
        table_arn=table_arn,
        source="AWS Backup",
        name=point.get("BackupVaultName", ""),
        arn=point["RecoveryPointArn"],
        created=point["CreationDate"],
        until=point["CreationDate"],
        size=int(point.get("BackupSizeBytes") or 0),
        status=point.get("Status", ""),
    )
