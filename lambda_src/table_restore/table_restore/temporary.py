"""The temporary tables of a test: restored, looked at, and deleted again."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from table_restore.ledger import Entry, Ledger
from table_restore.options import Options
from table_restore.restoring import FromBackup, FromMoment, OccupiedError, Origin, Overrides, begin, progress

__all__ = ["AFTER", "BEFORE", "RESTORED", "TAG", "EndedError", "Temporary", "code_of"]

RESTORED: Final = "restored"
BEFORE: Final = "before"
AFTER: Final = "after"
TAG: Final = "constructs_lib:restore-test"
"""The tag of temporary tables; its value is the ledger's name."""
_LATER: Final = frozenset(
    {
        "BackupInUseException",
        "InternalServerError",
        "LimitExceededException",
        "RequestLimitExceeded",
        "ResourceInUseException",
        "TableInUseException",
        "ThrottlingException",
    }
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""
_GONE: Final = "ResourceNotFoundException"


class EndedError(Exception):
    """The test cannot go on, for a reason that its report tells."""


def code_of(error: ClientError) -> str:
    """The error's code."""
    return str(error.response.get("Error", {}).get("Code", ""))


@dataclass(frozen=True, kw_only=True)
class Temporary:
    """Makes and deletes the temporary tables of tests.

    No table is deleted but one that stands in the ledger, has the prefix, and says that it was restored.

    Attributes:
        client: of DynamoDB.
        ledger: remembers which tables there may be, before they are made.
        options: how restores are tested.
    """

    client: Any
    ledger: Ledger
    options: Options

    def name(self, entry: Entry, what: str) -> str:
        """What the table for `what` is called: the same for the same table and scheduled time."""
        digest = hashlib.sha256(entry.seed.encode()).hexdigest()
        return f"{self.options.prefix}{digest[:16]}-{what}"

    def names(self, entry: Entry) -> tuple[str, ...]:
        """What the tables are called that the test may make."""
        return tuple(self.name(entry, what) for what in (RESTORED, BEFORE, AFTER))

    def moment(self, entry: Entry, what: str) -> float:
        """The second that the view `what` shows, outside of the time that the backup's items may be from."""
        if what == BEFORE:
            return math.floor(entry.backup_created - self.options.margin)
        return math.ceil(entry.backup_created + self.options.margin)

    def make(self, entry: Entry, what: str) -> tuple[Entry, bool]:
        """The entry once the restore for `what` was begun, and whether it has ended.

        Raises:
            EndedError: it will not.
            botocore.exceptions.ClientError: DynamoDB refuses it for good.
        """
        name = self.name(entry, what)
        if what not in entry.begun:
            return self._begin(entry, what, name), False
        found = progress(self.client, name)
        if found.state == "missing" and what not in entry.shown:
            return entry, False
        if found.state == "missing":
            raise EndedError(f"The table {name} is gone: somebody else deleted it, or its restore failed.")
        if found.state == "broken":
            raise EndedError(f"The table {name} is {found.status}: it will not become ready.")
        if what not in entry.shown:
            entry = self.ledger.save(replace(entry, shown=(*entry.shown, what)))
        return entry, found.state == "ready"

    def _begin(self, entry: Entry, what: str, name: str) -> Entry:
        origin: Origin = FromBackup(backup=entry.backup)
        if what != RESTORED:
            moment = datetime.fromtimestamp(self.moment(entry, what), UTC)
            origin = FromMoment(table=entry.table, moment=moment)
        overrides = Overrides(billing_mode="PAY_PER_REQUEST", without_indexes=what != RESTORED)
        try:
            begin(self.client, origin, name, overrides)
        except OccupiedError as error:
            raise EndedError(f"A restore cannot begin: {error}.") from error
        except ClientError as error:
            if code_of(error) in _LATER:
                return entry
            raise
        return self.ledger.save(replace(entry, begun=(*entry.begun, what)))

    def mark(self, name: str) -> None:
        """Tag a table that is ready, for whoever finds it."""
        arn = self.client.describe_table(TableName=name)["Table"]["TableArn"]
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": TAG, "Value": self.options.ledger}])

    def delete(self, entry: Entry) -> tuple[str, ...]:
        """Delete what stands in `entry` as open, and return the names of those that are still there."""
        return tuple(name for name in entry.open if self._is_left(entry, name))

    def _is_left(self, entry: Entry, name: str) -> bool:
        if not name.startswith(self.options.prefix):
            return False
        try:
            table = self.client.describe_table(TableName=name)["Table"]
            if not _restored_from(table, entry):
                return False
            if table["TableStatus"] != "DELETING":
                self.client.delete_table(TableName=name)
        except ClientError as error:
            if code_of(error) == _GONE:
                return False
            if code_of(error) not in _LATER:
                raise
        return True


def _restored_from(table: Mapping[str, Any], entry: Entry) -> bool:
    """Whether a table says that it was restored from a backup or a moment of the entry's table."""
    summary = table.get("RestoreSummary") or {}
    return (
        summary.get("SourceBackupArn", "").startswith(f"{entry.table}/backup/")
        or summary.get("SourceTableArn") == entry.table
    )
