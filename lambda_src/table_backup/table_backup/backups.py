"""DynamoDB's backups: made, found, looked at and deleted, no faster than DynamoDB takes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError

from table_backup.pace import Pace

__all__ = ["Backup", "Backups", "Failure", "MissingError", "failure_of"]

_RATES: Final = {"create": 25.0, "list": 2.5, "describe": 5.0, "delete": 5.0}
"""Calls a second: half of what DynamoDB takes of an account, which others use as well.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html (50), API_ListBackups.html (5),
API_DescribeBackup.html (10), API_DeleteBackup.html (10)
"""
_REFUSED: Final = frozenset(
    {
        "BackupInUseException",
        "ContinuousBackupsUnavailableException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "TableInUseException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
    }
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
_FIRST_SERVER_ERROR: Final = 500
_NOT_FOUND: Final = "BackupNotFoundException"
AVAILABLE: Final = "AVAILABLE"
_DELETED: Final = "DELETED"
_OWN: Final = "USER"


class Failure(Enum):
    """What a failed call means."""

    REFUSED = auto()
    """It had no effect, and may succeed later."""
    UNKNOWN = auto()
    """Nobody knows whether it had an effect."""
    FINAL = auto()
    """It had no effect, and will not succeed later either."""


class MissingError(Exception):
    """There is no such backup."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup as DynamoDB describes it.

    Attributes:
        arn: its ARN.
        name: its name, which others may have as well.
        table: the table's ARN; empty where DynamoDB does not say.
        available: whether it can be restored from.
        own: whether somebody made it on demand by DynamoDB.
        created: when it was requested, in seconds.
        size: its bytes.
    """

    arn: str
    name: str
    table: str
    available: bool
    own: bool
    created: float
    size: int


def failure_of(error: Exception) -> Failure:
    """What `error` of a call means."""
    if isinstance(error, HTTPClientError):
        return Failure.UNKNOWN
    if not isinstance(error, ClientError):
        return Failure.FINAL
    if error.response.get("Error", {}).get("Code") in _REFUSED:
        return Failure.REFUSED
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Failure.UNKNOWN if status >= _FIRST_SERVER_ERROR else Failure.FINAL


class Backups:
    """The calls. None is repeated here: whoever calls decides."""

    def __init__(self, client: Any, *, elapsed: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Call by `client`, which must not repeat calls.

        Args:
            client: of DynamoDB.
            elapsed: seconds since any fixed moment.
            sleep: waits.
        """
        self._client = client
        self._paces = {name: Pace(rate, elapsed=elapsed, sleep=sleep) for name, rate in _RATES.items()}

    def wait_to_create(self) -> None:
        """Wait until one may be made."""
        self._paces["create"].wait()

    def create(self, table: str, name: str) -> Backup:
        """Make one."""
        found = self._client.create_backup(TableName=table, BackupName=name)
        return _backup(found["BackupDetails"], table)

    def find(self, table: str, name: str, *, since: float) -> Backup | None:
        """The oldest one called `name` that was made since then."""
        found = [each for each in self._listed(table, since) if each.name == name and each.created >= since]
        return min(found, key=lambda each: each.created, default=None)

    def describe(self, arn: str) -> Backup:
        """What DynamoDB says of it.

        Raises:
            MissingError: there is none.
        """
        self._paces["describe"].wait()
        try:
            described = self._client.describe_backup(BackupArn=arn)["BackupDescription"]
        except ClientError as error:
            raise _missing(error, arn) from error
        if described["BackupDetails"].get("BackupStatus") == _DELETED:
            raise MissingError(arn)
        source = described.get("SourceTableDetails", {})
        return _backup(described["BackupDetails"], source.get("TableArn", ""))

    def delete(self, arn: str) -> None:
        """Delete it.

        Raises:
            MissingError: there is none.
        """
        self._paces["delete"].wait()
        try:
            self._client.delete_backup(BackupArn=arn)
        except ClientError as error:
            raise _missing(error, arn) from error

    def _listed(self, table: str, since: float) -> Iterator[Backup]:
        request: dict[str, Any] = {"TableName": table, "TimeRangeLowerBound": since, "BackupType": _OWN}
        while True:
            self._paces["list"].wait()
            page = self._client.list_backups(**request)
            for each in page.get("BackupSummaries", ()):
                if each.get("BackupStatus") != _DELETED:
                    yield _backup(each, each.get("TableArn", ""))
            # A page may be empty and not the last one.
            if not page.get("LastEvaluatedBackupArn"):
                return
            request["ExclusiveStartBackupArn"] = page["LastEvaluatedBackupArn"]


def _missing(error: ClientError, arn: str) -> Exception:
    missing = error.response.get("Error", {}).get("Code") == _NOT_FOUND
    return MissingError(arn) if missing else error


def _backup(details: Any, table: str) -> Backup:
    return Backup(
        arn=details["BackupArn"],
        name=details["BackupName"],
        table=table,
        available=details.get("BackupStatus") == AVAILABLE,
        own=details.get("BackupType") == _OWN,
        created=details["BackupCreationDateTime"].timestamp(),
        size=int(details.get("BackupSizeBytes") or 0),
    )
