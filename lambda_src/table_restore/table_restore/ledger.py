"""What was tested, and which temporary tables there may be, in DynamoDB."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

__all__ = ["Entry", "Ledger", "OvertakenError", "Phase", "State"]

_SEEN: Final = "seen"
_BEFORE_SEEN: Final = ":"
"""Sorts after all times and before `_SEEN`."""


class OvertakenError(Exception):
    """The entry is another execution's."""


class State(StrEnum):
    """Where the test of one table and scheduled time stands."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    ABANDONED = "abandoned"
    """Its execution ended without a verdict: it was stopped, or ran into its timeout."""


class Phase(StrEnum):
    """What a running test does."""

    RESTORING = "restoring"
    ASKING = "asking"
    REAPPLYING = "reapplying"
    DONE = "done"
    """All that was to be looked at was."""
    ENDED = "ended"
    """It could not go on."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the ledger says of one table and scheduled time. Times are in seconds, unless said otherwise.

    Attributes:
        table: the table's ARN.
        run: the scheduled time, as ISO says it.
        execution: the ARN of the execution that does it.
        state: where it stands.
        phase: what it does.
        backup: the ARN of the backup that is restored; empty until there is one.
        backup_name: its name.
        backup_created: when it was requested.
        source: what DescribeBackup says of the table, as JSON.
        began: when the test began.
        restoring_since: when the restore was begun; 0 before.
        restore_seconds: how long the restore took; 0 until it is known.
        finished: when it ended, as ISO says it; empty until then.
        wanted: the point-in-time views that it is compared with.
        begun: the temporary tables whose restore was begun, by what they are for.
        shown: those that DynamoDB has shown since.
        open: the names of the temporary tables that there may be.
        reasons: why it fails.
        notes: what else the reader of its report should know.
        items: how many items were counted.
        compared: how many samples were compared.
        left_out: how many samples nobody can judge, since they changed around the backup or later.
        lost: what the restored table lacked.
        reapplied: what of that was applied again, and was seen to be there then.
        refused: what of that could not be applied again.
        reapplying_since: when that was begun; 0 before.
        expires: when the entry is forgotten; 0 for never.
    """

    table: str
    run: str
    execution: str
    state: State = State.RUNNING
    phase: Phase = Phase.RESTORING
    backup: str = ""
    backup_name: str = ""
    backup_created: float = 0.0
    source: str = ""
    began: float = 0.0
    restoring_since: float = 0.0
    restore_seconds: float = 0.0
    finished: str = ""
    wanted: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    items: int = 0
    compared: int = 0
    left_out: int = 0
    lost: tuple[str, ...] = ()
    reapplied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    reapplying_since: float = 0.0
    expires: int = 0

    @property
    def seed(self) -> str:
        """What samples are drawn by: another run's are others, and this run's are the same again."""
        return f"{self.table} {self.run}"


class Ledger:
    """One item for each table and scheduled time, and one for each table."""

    def __init__(self, client: Any, table: str, *, page: int = 100) -> None:
        """Write to `table`, whose keys are ``table`` and ``run``, and read `page` items at a time."""
        self._client = client
        self._table = table
        self._page = page

    def load(self, table: str, run: str) -> Entry | None:
        """What is known, all writes included."""
        answer = self._client.get_item(TableName=self._table, Key=_key(table, run), ConsistentRead=True)
        return _entry(answer["Item"]) if "Item" in answer else None

    def claim(self, entry: Entry) -> Entry:
        """Write `entry` where there is none, and return the one that there is.

        Raises:
            OvertakenError: it is another execution's, which the error names.
        """
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(entry),
                ConditionExpression="attribute_not_exists(#t)",
                ExpressionAttributeNames={"#t": "table"},
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            found = self.load(entry.table, entry.run)
            if found is None or found.execution != entry.execution:
                raise OvertakenError(found.execution if found else "") from error
            return found
        return entry

    def save(self, entry: Entry) -> Entry:
        """Write what became of an entry, and return it.

        Raises:
            OvertakenError: it is another execution's.
        """
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(entry),
                ConditionExpression="#e = :e",
                ExpressionAttributeNames={"#e": "execution"},
                ExpressionAttributeValues={":e": {"S": entry.execution}},
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise OvertakenError(entry.run) from error
        return entry

    def walk(self, table: str) -> Iterator[Entry]:
        """The entries of `table`, from the newest to the oldest, a page at a time."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#t = :t AND #r < :end",
            "ExpressionAttributeNames": {"#t": "table", "#r": "run"},
            "ExpressionAttributeValues": {":t": {"S": table}, ":end": {"S": _BEFORE_SEEN}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": self._page,
        }
        while True:
            answer = self._client.query(**request)
            yield from map(_entry, answer["Items"])
            if not answer.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def seen(self, table: str, now: float) -> float:
        """Since when `table` has been looked at."""
        key = _key(table, _SEEN)
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        if "Item" in answer:
            return float(answer["Item"]["at"]["N"])
        self._client.put_item(TableName=self._table, Item={**key, "at": {"N": str(now)}})
        return now


def _key(table: str, run: str) -> dict[str, Any]:
    return {"table": {"S": table}, "run": {"S": run}}


def _item(entry: Entry) -> dict[str, Any]:
    given = {each.name: getattr(entry, each.name) for each in fields(Entry)}
    return {name: _attribute(value) for name, value in given.items() if value or name != "expires"}


def _attribute(value: Any) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {"L": [{"S": each} for each in value]}
    return {"S": str(value)} if isinstance(value, str) else {"N": str(value)}


_KINDS: Final[Mapping[str, Any]] = {
    "state": State,
    "phase": Phase,
    "backup_created": float,
    "began": float,
    "restoring_since": float,
    "restore_seconds": float,
    "reapplying_since": float,
    "items": int,
    "compared": int,
    "left_out": int,
    "expires": int,
}


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        **{each.name: _value(each.name, item[each.name]) for each in fields(Entry) if each.name in item}
    )


def _value(name: str, attribute: Mapping[str, Any]) -> Any:
    if "L" in attribute:
        return tuple(each["S"] for each in attribute["L"])
    (value,) = attribute.values()
    return _KINDS.get(name, str)(value)
