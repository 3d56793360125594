"""What was made and by whom, in DynamoDB."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

from table_backup.model import DAY, Entry, State

__all__ = ["Ledger", "OvertakenError"]

_SEEN: Final = "seen"
_BEFORE_SEEN: Final = ":"
"""Sorts after all times and before `_SEEN`."""
_REMEMBERED: Final = 30 * DAY
"""For how long it is known that a backup was deleted. Events wait in queues for 14 days at most.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""
_NUMBERS: Final = {"claimed_at": float, "leased_until": float, "created": float, "size": int}


class OvertakenError(Exception):
    """The entry is not what it was when it was read."""


class Ledger:
    """One item for each table and scheduled time, and one for each table.

    The time is that of DynamoDB's answers: all invocations share it, whatever their own clocks say.
    """

    def __init__(self, client: Any, table: str, *, page: int = 100) -> None:
        """Write to `table`, whose keys are ``table`` and ``scheduled``, and read `page` items at a time."""
        self._client = client
        self._table = table
        self._page = page

    def load(self, table: str, scheduled: str) -> tuple[Entry | None, float]:
        """What is known, all writes included, and the time."""
        answer = self._client.get_item(TableName=self._table, Key=_key(table, scheduled), ConsistentRead=True)
        item = answer.get("Item")
        return (None if item is None else _entry(item)), _time_of(answer)

    def claim(self, entry: Entry, before: Entry | None) -> None:
        """Write `entry` where there was `before`.

        Raises:
            OvertakenError: there is something else by now.
        """
        if before is None:
            self._put(entry, "attribute_not_exists(#t)", {"#t": "table"}, {})
        else:
            self._put(
                entry,
                "#c = :c AND #s = :s AND #l = :l",
                {"#c": "claim", "#s": "state", "#l": "leased_until"},
                {":c": _text(before.claim), ":s": _text(before.state), ":l": _number(before.leased_until)},
            )

    def record(self, entry: Entry) -> None:
        """Write what became of the claim of `entry`.

        Raises:
            OvertakenError: it is not that claim's any more.
        """
        self._put(
            entry,
            "#c = :c AND #s = :s",
            {"#c": "claim", "#s": "state"},
            {":c": _text(entry.claim), ":s": _text(State.CLAIMED)},
        )

    def change(self, entry: Entry, now: float, **changes: Any) -> Entry:
        """Write `changes` of an entry that has a backup, and return it."""
        changed = replace(entry, **changes)
        forget = {"expires": _number(int(now + _REMEMBERED))} if changed.state is State.DELETED else {}
        self._put(changed, "#a = :a", {"#a": "arn"}, {":a": _text(entry.arn)}, forget)
        return changed

    def walk(self, table: str, *, after: str = "") -> Iterator[Entry]:
        """The entries of `table` that have a backup, from the newest to the oldest, a page at a time.

        Args:
            table: its ARN.
            after: only those that were due later.
        """
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "#t = :t AND #d BETWEEN :from AND :to",
            "FilterExpression": "#s IN (:made, :good)",
            "ExpressionAttributeNames": {"#t": "table", "#d": "scheduled", "#s": "state"},
            "ExpressionAttributeValues": {
                ":t": _text(table),
                ":from": _text(f"{after}~" if after else "0"),
                ":to": _text(_BEFORE_SEEN),
                ":made": _text(State.MADE),
                ":good": _text(State.GOOD),
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": self._page,
        }
        while True:
            answer = self._client.query(**request)
            # Nothing else holds the page, so that it is gone before the next one comes.
            for item in answer.pop("Items"):
                yield _entry(item)
            if not answer.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def seen(self, table: str) -> tuple[float, float]:
        """Since when `table` has been looked at, and the time."""
        answer = self._client.get_item(TableName=self._table, Key=_key(table, _SEEN), ConsistentRead=True)
        now = _time_of(answer)
        if "Item" in answer:
            return float(answer["Item"]["at"]["N"]), now
        self._client.put_item(TableName=self._table, Item={**_key(table, _SEEN), "at": _number(now)})
        return now, now

    def _put(
        self,
        entry: Entry,
        condition: str,
        names: Mapping[str, str],
        values: Mapping[str, Any],
        more: Mapping[str, Any] | None = None,
    ) -> None:
        request: dict[str, Any] = {
            "TableName": self._table,
            "Item": {**_item(entry), **(more or {})},
            "ConditionExpression": condition,
            "ExpressionAttributeNames": dict(names),
        }
        if values:
            request["ExpressionAttributeValues"] = dict(values)
        try:
            self._client.put_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # The SDK tries again what got no answer: the first try may have written this.
            if self.load(entry.table, entry.scheduled)[0] != entry:
                raise OvertakenError(entry.scheduled) from error


def _key(table: str, scheduled: str) -> dict[str, Any]:
    return {"table": _text(table), "scheduled": _text(scheduled)}


def _text(value: str) -> dict[str, str]:
    return {"S": str(value)}


def _number(value: float) -> dict[str, str]:
    return {"N": str(value)}


def _item(entry: Entry) -> dict[str, Any]:
    return {
        name: _number(value) if name in _NUMBERS else _text(value) for name, value in asdict(entry).items()
    }


def _entry(item: Mapping[str, Any]) -> Entry:
    given = {
        name: _NUMBERS[name](item[name]["N"]) if name in _NUMBERS else item[name]["S"]
        for name in Entry.__dataclass_fields__
    }
    return Entry(**{**given, "state": State(given["state"])})


def _time_of(answer: Mapping[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return time.time() if date is None else parsedate_to_datetime(date).timestamp()
