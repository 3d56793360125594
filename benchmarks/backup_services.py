"""As much of DynamoDB as the handler of backups calls: it pages, takes its time, and refuses what comes too fast.

What it knows lies in SQLite, outside of Python's memory, which is what is measured.
"""

import json
import sqlite3
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Final

from botocore.exceptions import ClientError
from table_backup.model import State

from benchmarks.virtual_time import VirtualTime

__all__ = ["LIMITS", "FakeDynamoDB", "good_item", "moment"]

LIMITS: Final[Mapping[str, int]] = {
    "CreateBackup": 50,
    "ListBackups": 5,
    "DescribeBackup": 10,
    "DeleteBackup": 10,
}
"""Calls a second that DynamoDB takes of an account: see each call in
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""
_PAGE_OF_BACKUPS: Final = 100
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html"""
_READ_OR_WRITE: Final = 0.01
"""Seconds; DynamoDB's own word is single-digit milliseconds
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html)."""
_CONTROL: Final = 0.5
"""Seconds of a call on backups, of which AWS says nothing; slower than what is usual."""
_TABLES: Final = """
    CREATE TABLE items (part TEXT, sort TEXT, body TEXT, PRIMARY KEY (part, sort));
    CREATE TABLE backups (arn TEXT PRIMARY KEY, part TEXT, name TEXT, created REAL, available REAL);
"""


def moment(seconds: float) -> str:
    """A time as the ledger writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class FakeDynamoDB:
    """The client. The conditions of writes are not looked at: nobody else writes."""

    def __init__(self, time: VirtualTime, *, takes: float = 0.0) -> None:
        """Let each backup be available after it `takes` so many seconds."""
        self.most_calls = dict.fromkeys(LIMITS, 0)
        self.refused = 0
        self._time = time
        self._takes = takes
        self._recent: dict[str, deque[float]] = {call: deque() for call in LIMITS}
        self._store = sqlite3.connect("", check_same_thread=False)
        self._store.executescript(_TABLES)

    def fill(self, ledger_items: Iterable[Mapping[str, Any]]) -> None:
        """Have had these entries, and their backups, for long."""
        for item in ledger_items:
            self._write(item)
            created = float(item["created"]["N"])
            row = (item["arn"]["S"], item["table"]["S"], item["name"]["S"], created, created)
            self._store.execute("INSERT INTO backups VALUES (?, ?, ?, ?, ?)", row)

    def backups(self) -> int:
        """How many there are."""
        (count,) = self._store.execute("SELECT count(*) FROM backups").fetchone()
        return int(count)

    def get_item(self, *, Key: Mapping[str, Any], **_: Any) -> Any:  # noqa: N803 - boto3's
        self._time.sleep(_READ_OR_WRITE)
        found = self._store.execute(
            "SELECT body FROM items WHERE part = ? AND sort = ?", (Key["table"]["S"], Key["scheduled"]["S"])
        ).fetchone()
        date = formatdate(self._time.now, usegmt=True)
        answer: dict[str, Any] = {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}
        return answer | ({"Item": json.loads(found[0])} if found else {})

    def put_item(self, *, Item: Mapping[str, Any], **_: Any) -> Any:  # noqa: N803 - boto3's
        self._time.sleep(_READ_OR_WRITE)
        self._write(Item)
        return {}

    def query(
        self,
        *,
        ExpressionAttributeValues: Mapping[str, Any],  # noqa: N803 - boto3's
        Limit: int,  # noqa: N803
        ExclusiveStartKey: Mapping[str, Any] | None = None,  # noqa: N803
        **_: Any,
    ) -> Any:
        self._time.sleep(_READ_OR_WRITE)
        given = {name: value["S"] for name, value in ExpressionAttributeValues.items()}
        below = ExclusiveStartKey["scheduled"]["S"] if ExclusiveStartKey else "~"
        rows = self._store.execute(
            "SELECT sort, body FROM items WHERE part = ? AND sort BETWEEN ? AND ? AND sort < ? "
            "ORDER BY sort DESC LIMIT ?",
            (given[":t"], given[":from"], given[":to"], below, Limit),
        ).fetchall()
        items = [json.loads(body) for _, body in rows]
        page: dict[str, Any] = {
            "Items": [each for each in items if each["state"]["S"] in (given[":made"], given[":good"])]
        }
        if len(rows) == Limit:
            page["LastEvaluatedKey"] = {"table": {"S": given[":t"]}, "scheduled": {"S": rows[-1][0]}}
        return page

    def create_backup(self, *, TableName: str, BackupName: str) -> Any:  # noqa: N803 - boto3's
        self._take("CreateBackup")
        now = self._time.now
        row = (f"{TableName}/backup/{BackupName}", TableName, BackupName, now, now + self._takes)
        self._store.execute("INSERT INTO backups VALUES (?, ?, ?, ?, ?)", row)
        return {"BackupDetails": self._details(row)}

    def list_backups(
        self,
        *,
        TableName: str,  # noqa: N803 - boto3's
        ExclusiveStartBackupArn: str = "",  # noqa: N803
    ) -> Any:
        self._take("ListBackups")
        rows = self._store.execute(
            "SELECT * FROM backups WHERE part = ? AND arn > ? ORDER BY arn LIMIT ?",
            (TableName, ExclusiveStartBackupArn, _PAGE_OF_BACKUPS),
        ).fetchall()
        page: dict[str, Any] = {
            "BackupSummaries": [{**self._details(row), "TableArn": row[1]} for row in rows]
        }
        if len(rows) == _PAGE_OF_BACKUPS:
            page["LastEvaluatedBackupArn"] = rows[-1][0]
        return page

    def describe_backup(self, *, BackupArn: str) -> Any:  # noqa: N803 - boto3's
        self._take("DescribeBackup")
        row = self._store.execute("SELECT * FROM backups WHERE arn = ?", (BackupArn,)).fetchone()
        if row is None:
            raise _error("BackupNotFoundException")
        described = {"BackupDetails": self._details(row), "SourceTableDetails": {"TableArn": row[1]}}
        return {"BackupDescription": described}

    def delete_backup(self, *, BackupArn: str) -> Any:  # noqa: N803 - boto3's
        self._take("DeleteBackup")
        self._store.execute("DELETE FROM backups WHERE arn = ?", (BackupArn,))
        return {}

    def _write(self, item: Mapping[str, Any]) -> None:
        row = (item["table"]["S"], item["scheduled"]["S"], json.dumps(item))
        self._store.execute("REPLACE INTO items VALUES (?, ?, ?)", row)

    def _take(self, call: str) -> None:
        recent, now = self._recent[call], self._time.now
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= LIMITS[call]:
            self.refused += 1
            raise _error("ThrottlingException")
        recent.append(now)
        self.most_calls[call] = max(self.most_calls[call], len(recent))
        self._time.sleep(_CONTROL)

    def _details(self, row: tuple[str, str, str, float, float]) -> Mapping[str, Any]:
        arn, _, name, created, available = row
        return {
            "BackupArn": arn,
            "BackupName": name,
            "BackupStatus": "AVAILABLE" if self._time.now >= available else "CREATING",
            "BackupType": "USER",
            "BackupCreationDateTime": datetime.fromtimestamp(created, UTC),
            "BackupSizeBytes": 1_000,
        }


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "Call")  # type: ignore[typeddict-item] # the handler reads no more


def good_item(table: str, number: int, created: float) -> Mapping[str, Any]:
    """What the ledger has of a backup that can be restored from."""
    name = f"bench-{number:06d}"
    text = {
        "table": table,
        "scheduled": moment(created),
        "state": State.GOOD,
        "name": name,
        "claim": "earlier",
    }
    figures = {"claimed_at": created, "leased_until": created, "created": created, "size": 1_000}
    return {
        **{key: {"S": str(value)} for key, value in text.items()},
        **{key: {"N": str(value)} for key, value in figures.items()},
        "arn": {"S": f"{table}/backup/{name}"},
    }
