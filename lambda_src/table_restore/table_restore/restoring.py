"""Beginning a restore, once, and seeing how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from botocore.exceptions import ClientError, ParamValidationError

__all__ = [
    "FromBackup",
    "FromMoment",
    "OccupiedError",
    "Origin",
    "Overrides",
    "Progress",
    "begin",
    "progress",
]

_NO_TABLE: Final = "ResourceNotFoundException"
_THERE: Final = frozenset({"TableAlreadyExistsException", "TableInUseException", "ResourceInUseException"})
_BROKEN: Final = frozenset({"DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVING", "ARCHIVED"})
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html"""
_NEWEST: Final = "VectorIndexOverride"
_SAME_MOMENT: Final = timedelta(seconds=1)
"""DynamoDB restores to a second."""


class OccupiedError(Exception):
    """There is a table of the target's name, and it is not this restore."""


@dataclass(frozen=True, kw_only=True)
class FromBackup:
    """A restore from a backup.

    Attributes:
        backup: the ARN of a backup of DynamoDB.
    """

    backup: str


@dataclass(frozen=True, kw_only=True)
class FromMoment:
    """A restore of what a table was at a moment.

    Attributes:
        table: the table's ARN.
        moment: a whole second, with a time zone.
    """

    table: str
    moment: datetime


Origin = FromBackup | FromMoment


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """In what the restored table differs from the source.

    Attributes:
        billing_mode: ``PAY_PER_REQUEST`` or ``PROVISIONED``; empty for the source's.
        read_units: provisioned read capacity; 0 for the source's.
        write_units: likewise for writes.
        without_indexes: whether secondary indexes are left out; a restore is faster without them.
        kms_key: the ARN of the KMS key that encrypts it; empty for what the source has.
    """

    billing_mode: str = ""
    read_units: int = 0
    write_units: int = 0
    without_indexes: bool = False
    kms_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a restore is.

    Attributes:
        state: ``missing`` (no such table), ``restoring``, ``ready``, or ``broken`` (it will not become ready).
        status: the table's status, as DynamoDB says it.
        items: the items so far, as far as DynamoDB knows; it looks about every six hours.
        size: likewise the bytes.
    """

    state: Literal["missing", "restoring", "ready", "broken"]
    status: str = ""
    items: int = 0
    size: int = 0


def begin(client: Any, origin: Origin, target: str, overrides: Overrides = Overrides()) -> bool:
    """Begin to restore `origin` to the new table `target`; False where this very restore was begun before.

    Raises:
        OccupiedError: there is a table of that name, and it is not this restore.
        botocore.exceptions.ClientError: DynamoDB refused.
    """
    if begun(client, origin, target):
        return False
    try:
        _ask(client, origin, target, overrides)
    except ClientError as error:
        # An earlier call may have begun it without its answer having come, or another caller was faster.
        if error.response.get("Error", {}).get("Code") not in _THERE or not begun(client, origin, target):
            raise
        return False
    return True


def begun(client: Any, origin: Origin, target: str) -> bool:
    """Whether this very restore to `target` was begun.

    Raises:
        OccupiedError: there is a table of that name, and it is not this restore.
    """
    table = _described(client, target)
    if table is None:
        return False
    if not _is_from(table.get("RestoreSummary") or {}, origin):
        raise OccupiedError(f"there is a table {target} already, and it is not the restore of {origin}")
    return True


def progress(client: Any, target: str) -> Progress:
    """How far the restore to the table `target` is."""
    table = _described(client, target)
    if table is None:
        return Progress(state="missing")
    status = table["TableStatus"]
    return Progress(
        state=_state(table),
        status=status,
        items=int(table.get("ItemCount") or 0),
        size=int(table.get("TableSizeBytes") or 0),
    )


def _state(table: Mapping[str, Any]) -> Literal["restoring", "ready", "broken"]:
    if table["TableStatus"] in _BROKEN:
        return "broken"
    under_way = (table.get("RestoreSummary") or {}).get("RestoreInProgress")
    indexes = [*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("VectorIndexes") or ())]
    building = any(each.get("IndexStatus") == "CREATING" for each in indexes)
    return "restoring" if table["TableStatus"] == "CREATING" or under_way or building else "ready"


def _described(client: Any, table: str) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = client.describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NO_TABLE:
            return None
        raise
    return found


def _is_from(summary: Mapping[str, Any], origin: Origin) -> bool:
    if isinstance(origin, FromBackup):
        return bool(summary.get("SourceBackupArn") == origin.backup)
    moment = summary.get("RestoreDateTime")
    return (
        not summary.get("SourceBackupArn")
        and summary.get("SourceTableArn") == origin.table
        and moment is not None
        and abs(moment - origin.moment) < _SAME_MOMENT
    )


def _ask(client: Any, origin: Origin, target: str, overrides: Overrides) -> None:
    request: dict[str, Any] = {"TargetTableName": target}
    if overrides.billing_mode:
        request["BillingModeOverride"] = overrides.billing_mode
    if overrides.read_units or overrides.write_units:
        request["ProvisionedThroughputOverride"] = {
            "ReadCapacityUnits": overrides.read_units,
            "WriteCapacityUnits": overrides.write_units,
        }
    if overrides.without_indexes:
        request |= {
            name: [] for name in ("GlobalSecondaryIndexOverride", "LocalSecondaryIndexOverride", _NEWEST)
        }
    if overrides.kms_key:
        request["SSESpecificationOverride"] = {
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": overrides.kms_key,
        }
    try:
        _restore(client, origin, request)
    except ParamValidationError:
        # An SDK from before there were vector indexes refuses their parameter before it calls.
        if request.pop(_NEWEST, None) is None:
            raise
        _restore(client, origin, request)


def _restore(client: Any, origin: Origin, request: Mapping[str, Any]) -> None:
    if isinstance(origin, FromBackup):
        client.restore_table_from_backup(BackupArn=origin.backup, **request)
    else:
        client.restore_table_to_point_in_time(
            SourceTableArn=origin.table, RestoreDateTime=origin.moment, **request
        )
