"""The state and the records in DynamoDB."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from failover_controller.model import Mode, Phase, State
from failover_controller.ports import OvertakenError, Record

__all__ = ["TableStore"]

_STATE = "state"
_TRIES = 3


class TableStore:
    """One item with the state, and one for each record, under the controller's name.

    The time is that of DynamoDB's answers: all invocations share it, whatever their own clocks say.
    """

    def __init__(self, client: Any, *, table: str, controller: str) -> None:
        """Keep the state of `controller` in `table`, whose keys are ``controller`` and ``record``."""
        self._client = client
        self._table = table
        self._controller = controller

    def load(self) -> tuple[State, float]:
        """The state, all writes included, and the time."""
        answer = self._client.get_item(TableName=self._table, Key=self._key(_STATE), ConsistentRead=True)
        item = answer.get("Item")
        state = State() if item is None else _read(json.loads(item["json"]["S"]))
        return state, _time_of(answer)

    def save(self, state: State, now: float, records: Sequence[Record] = ()) -> None:
        """Write `state` over the version before it, and `records`.

        Raises:
            OvertakenError: that version is not the present one.
        """
        text = json.dumps(asdict(state) | {"done": sorted(state.done)})
        new = {
            **self._key(_STATE),
            "version": {"N": str(state.version)},
            "phase": {"S": str(state.phase)},
            "json": {"S": text},
        }
        put = {
            "TableName": self._table,
            "Item": new,
            "ConditionExpression": "#v = :before" if state.version > 1 else "attribute_not_exists(#v)",
            "ExpressionAttributeNames": {"#v": "version"},
        }
        if state.version > 1:
            put["ExpressionAttributeValues"] = {":before": {"N": str(state.version - 1)}}
        writes = [{"Put": put}, *(self._record(each, state, now, n) for n, each in enumerate(records))]
        # A transaction carries a token: a retry of one that succeeded is not taken for that of another invocation.
        for left in reversed(range(_TRIES)):
            try:
                self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = {each.get("Code") for each in error.response.get("CancellationReasons", ())}
                if "ConditionalCheckFailed" in reasons:
                    raise OvertakenError(state.version) from error
                if "TransactionConflict" not in reasons or not left:
                    raise
            else:
                return

    def _record(self, record: Record, state: State, now: float, number: int) -> dict[str, Any]:
        item = {
            **self._key(f"{state.version:012d}#{number}"),
            "at": {"S": datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")},
            "change": {"N": str(state.transition)},
            "what": {"S": record.what},
            "detail": {"S": record.detail},
        }
        return {"Put": {"TableName": self._table, "Item": item}}

    def _key(self, record: str) -> dict[str, dict[str, str]]:
        return {"controller": {"S": self._controller}, "record": {"S": record}}


def _read(given: Mapping[str, Any]) -> State:
    return State(
        **{
            **given,
            "phase": Phase(given["phase"]),
            "mode": Mode(given["mode"]),
            "done": frozenset(given["done"]),
        }
    )


def _time_of(answer: Mapping[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return time.time() if date is None else parsedate_to_datetime(date).timestamp()
