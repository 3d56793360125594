"""The backup that a test restores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

__all__ = ["Backup", "describe_backup", "newest_backup"]

_AVAILABLE: Final = "AVAILABLE"
_NOT_FOUND: Final = "BackupNotFoundException"


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup on demand.

    Attributes:
        arn: its ARN.
        name: its name.
        created: when it was requested, in seconds.
    """

    arn: str
    name: str
    created: float


def newest_backup(client: Any, table: str) -> Backup | None:
    """The newest on-demand backup of the table with this ARN that can be restored; None where there is none.

    Whoever made it: what counts is that the table can be restored.
    """
    newest: Backup | None = None
    request: dict[str, Any] = {"TableName": table, "BackupType": "USER"}
    while True:
        page = client.list_backups(**request)
        for each in page.get("BackupSummaries", ()):
            created = each["BackupCreationDateTime"].timestamp()
            if each.get("BackupStatus") == _AVAILABLE and (newest is None or created > newest.created):
                newest = Backup(arn=each["BackupArn"], name=each["BackupName"], created=created)
        # A page may be empty and not the last one.
        if not page.get("LastEvaluatedBackupArn"):
            return newest
        request["ExclusiveStartBackupArn"] = page["LastEvaluatedBackupArn"]


def describe_backup(client: Any, arn: str) -> Mapping[str, Any] | None:
    """The BackupDescription of DescribeBackup; None where there is no such backup any more."""
    try:
        found: Mapping[str, Any] = client.describe_backup(BackupArn=arn)["BackupDescription"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NOT_FOUND:
            return None
        raise
    return found if found["BackupDetails"].get("BackupStatus") == _AVAILABLE else None
