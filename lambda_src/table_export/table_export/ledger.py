"""What is known of tables, in DynamoDB."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

from table_export.model import State

__all__ = ["Ledger", "OvertakenError"]

_STATE: Final = {"S": "state"}


class OvertakenError(Exception):
    """Another invocation has written meanwhile."""


class Ledger:
    """One item for each table; whoever writes it must have seen what stood there.

    The time is that of DynamoDB's answers: all invocations share it, whatever their own clocks say.
    """

    def __init__(self, client: Any, name: str) -> None:
        """Write to the table `name`, whose keys are ``table`` and ``entry``."""
        self._client = client
        self._name = name

    def load(self, table: str) -> tuple[State, float]:
        """What is known, all writes included, and the time."""
        answer = self._client.get_item(TableName=self._name, Key=_key(table), ConsistentRead=True)
        now = _time_of(answer)
        if "Item" not in answer:
            return State(table=table, seen=now), now
        return State.from_json(json.loads(answer["Item"]["state"]["S"])), now

    def save(self, state: State) -> State:
        """Write `state` where the version before it stands.

        Raises:
            OvertakenError: there is another one by now.
        """
        new = replace(state, version=state.version + 1)
        request: dict[str, Any] = {
            "TableName": self._name,
            "Item": {
                **_key(state.table),
                "version": {"N": str(new.version)},
                "state": {"S": json.dumps(new.to_json())},
            },
            "ConditionExpression": "#v = :v" if state.version else "attribute_not_exists(#v)",
            "ExpressionAttributeNames": {"#v": "version"},
        }
        if state.version:
            request["ExpressionAttributeValues"] = {":v": {"N": str(state.version)}}
        try:
            self._client.put_item(**request)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # The SDK tries again what got no answer: the first try may have written this.
            if self.load(state.table)[0] != new:
                raise OvertakenError(state.table) from error
        return new


def _key(table: str) -> dict[str, Any]:
    return {"table": {"S": table}, "entry": _STATE}


def _time_of(answer: Mapping[str, Any]) -> float:
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return time.time() if date is None else parsedate_to_datetime(date).timestamp()
