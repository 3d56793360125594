"""What was done with each letter, in DynamoDB."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from uuid import uuid4

from redrive.failures import code_of
from redrive.model import Action
from redrive.ports import Entry, OvertakenError, State

__all__ = ["Ledger"]

_REMEMBERED: Final = 30 * 86_400
"""Seconds for which an entry stays after it was written last. A message stays in a queue for 14 days at most.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""
_CANCELED: Final = "TransactionCanceledException"


class Ledger:
    """The ledger of one queue, in a table whose keys are ``queue`` and ``entry`` and whose time to live is ``expires``.

    A letter has one entry (``letter#...``), so has each event of a source queue (``event#...``). What is done with a
    letter is an entry of its own (``action#<time>#<letter>#...``), written together with the letter's, which is never
    changed afterwards. The time is that of DynamoDB's answers: all runs share it, whatever their own clocks say.
    """

    def __init__(
        self, client: Any, table: str, queue_arn: str, *, run: str = "", started_by: str = "hand"
    ) -> None:
        """Write to `table`.

        Args:
            client: boto3's of DynamoDB.
            table: the table's name.
            queue_arn: the queue.
            run: names this run in the audit. Left out: it gets a name.
            started_by: who started it.
        """
        self._client = client
        self._table = table
        self._queue = queue_arn
        self._run = run or uuid4().hex
        self._started_by = started_by

    def load(self, key: str) -> tuple[Entry | None, float]:
        """What is known of `key`, all writes included, and the time."""
        answer = self._client.get_item(TableName=self._table, Key=self._key(key), ConsistentRead=True)
        item = answer.get("Item")
        return (None if item is None else _entry(item)), _time_of(answer)

    def write(self, entry: Entry, before: Entry | None, action: Action | None = None) -> Entry:
        """Write `entry` where there was `before`, and with it what was done, both or neither.

        Returns:
            the entry with its new version.

        Raises:
            OvertakenError: there is something else by now.
        """
        written = replace(entry, version=uuid4().hex)
        put = {"TableName": self._table, "Item": self._item(written), **_condition(before)}
        try:
            self._put(put, written.version, action)
        except Exception as error:
            if not _is_refused(error):
                raise
            # The SDK tries again what got no answer: the first try may have written this.
            present, _ = self.load(entry.key)
            if present is None or present.version != written.version:
                raise OvertakenError(entry.key) from error
        return written

    def _put(self, put: Mapping[str, Any], token: str, action: Action | None) -> None:
        if action is None:
            self._client.put_item(**put)
            return
        audit = {"TableName": self._table, "Item": self._audit(action)}
        for last in (False, False, True):
            try:
                self._client.transact_write_items(
                    TransactItems=[{"Put": put}, {"Put": audit}], ClientRequestToken=token
                )
            except self._client.exceptions.TransactionCanceledException as error:
                # The SDK does not try this again by itself.
                if last or _is_refused(error):
                    raise
            else:
                return

    def _key(self, key: str) -> dict[str, Any]:
        return {"queue": _text(self._queue), "entry": _text(key)}

    def _item(self, entry: Entry) -> dict[str, Any]:
        return {
            **self._key(entry.key),
            "state": _text(entry.state),
            "attempts": _number(entry.attempts),
            "leased_until": _number(entry.leased_until),
            "note": _text(entry.note),
            "version": _text(entry.version),
            "run": _text(self._run),
            "expires": _number(int(time.time()) + _REMEMBERED),
        }

    def _audit(self, action: Action) -> dict[str, Any]:
        now = datetime.now(UTC)
        stamp = now.isoformat(timespec="milliseconds")
        return {
            **self._key(f"action#{stamp}#{action.message_id}#{uuid4().hex[:8]}"),
            "letter": _text(action.message_id),
            "outcome": _text(action.outcome),
            "reason": _text(action.reason),
            "error_type": _text(action.error_type),
            "attempts": _number(action.attempts),
            "function": _text(action.function),
            "run": _text(self._run),
            "started_by": _text(self._started_by),
            "at": _text(stamp),
            "expires": _number(int(now.timestamp()) + _REMEMBERED),
        }


def _condition(before: Entry | None) -> dict[str, Any]:
    if before is None:
        return {
            "ConditionExpression": "attribute_not_exists(#e)",
            "ExpressionAttributeNames": {"#e": "entry"},
        }
    return {
        "ConditionExpression": "#v = :v",
        "ExpressionAttributeNames": {"#v": "version"},
        "ExpressionAttributeValues": {":v": _text(before.version)},
    }


def _is_refused(error: Exception) -> bool:
    """Whether the condition was not met."""
    if code_of(error) == "ConditionalCheckFailedException":
        return True
    reasons = (
        getattr(error, "response", {}).get("CancellationReasons", []) if code_of(error) == _CANCELED else []
    )
    return any(each.get("Code") == "ConditionalCheckFailed" for each in reasons)


def _text(value: str) -> dict[str, str]:
    return {"S": str(value)}


def _number(value: float) -> dict[str, str]:
    return {"N": str(value)}


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        key=item["entry"]["S"],
        state=State(item["state"]["S"]),
        attempts=int(item["attempts"]["N"]),
        leased_until=float(item["leased_until"]["N"]),
        note=item["note"]["S"],
        version=item["version"]["S"],
    )


def _time_of(answer: Mapping[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return time.time() if date is None else parsedate_to_datetime(date).timestamp()
