"""Where instances share what they know of a circuit: DynamoDB, or the memory of one process."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from handler_toolkit.circuit import CLOSED, Circuit

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

__all__ = ["BreakerStore", "DynamoDbBreakerStore", "MemoryBreakerStore"]

_PREFIX: Final = "circuit-breaker#"
# A breaker that waits for its store would be the delay that it is there to prevent.
_MOST_SECONDS: Final = 0.5


class BreakerStore(Protocol):
    """Keeps circuits by name."""

    def read(self, name: str) -> Circuit:
        """The circuit as it is now, with every change that was acknowledged; a new one is closed."""
        ...

    def swap(self, name: str, old: Circuit, new: Circuit) -> bool:
        """Put `new` in the place of `old`; False, and nothing is changed, if it is not `old` any more."""
        ...


class MemoryBreakerStore:
    """Keeps circuits in this process: for tests, and for a breaker that need not be shared."""

    def __init__(self) -> None:
        """Start with every circuit closed."""
        self._circuits: dict[str, Circuit] = {}
        self._lock = threading.Lock()

    def read(self, name: str) -> Circuit:
        """The circuit as it is now."""
        return self._circuits.get(name, Circuit())

    def swap(self, name: str, old: Circuit, new: Circuit) -> bool:
        """Change it, unless another thread did."""
        with self._lock:
            if self.read(name).version != old.version:
                return False
            self._circuits[name] = replace(new, version=old.version + 1)
            return True


class DynamoDbBreakerStore:
    """Keeps circuits in a DynamoDB table with the string partition key ``id``, one item each.

    The table of Powertools' idempotency will do: the items' keys begin with ``circuit-breaker#``. The function
    needs ``dynamodb:GetItem`` and ``dynamodb:PutItem``. In a global table of the eventual kind two Regions' writes
    overwrite each other, so give each Region a breaker of its own name.
    """

    def __init__(self, table: str, client: DynamoDBClient | None = None) -> None:
        """Use the table of this name or ARN.

        Args:
            table: its name or ARN.
            client: left out, one that waits for half a second at most, and tries once.
        """
        self._table = table
        self._given_client = client

    def read(self, name: str) -> Circuit:
        """One strongly consistent read."""
        answer = self._client.get_item(TableName=self._table, Key=_key(name), ConsistentRead=True)
        return _circuit(answer["Item"]) if "Item" in answer else Circuit()

    def swap(self, name: str, old: Circuit, new: Circuit) -> bool:
        """One conditional write."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_key(name) | _attributes(replace(new, version=old.version + 1)),
                ConditionExpression="version = :version OR attribute_not_exists(id)"
                if old.version == 0
                else "version = :version",
                ExpressionAttributeValues={":version": {"N": str(old.version)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    @property
    def _client(self) -> DynamoDBClient:
        if self._given_client is None:
            from handler_toolkit.clients import client  # noqa: PLC0415 - boto3 is slow to import

            self._given_client = client("dynamodb", most=_MOST_SECONDS, connect=_MOST_SECONDS, attempts=1)
        return self._given_client


def _key(name: str) -> dict[str, AttributeValueTypeDef]:
    return {"id": {"S": f"{_PREFIX}{name}"}}


def _attributes(circuit: Circuit) -> dict[str, AttributeValueTypeDef]:
    return {
        "state": {"S": circuit.state},
        "failures": {"L": [{"N": repr(then)} for then in circuit.failures]},
        "since": {"N": repr(circuit.since)},
        "prober": {"S": circuit.prober},
        "lease_until": {"N": repr(circuit.lease_until)},
        "version": {"N": str(circuit.version)},
    }


def _circuit(item: Mapping[str, AttributeValueTypeDef]) -> Circuit:
    return Circuit(
        state=item.get("state", {}).get("S", CLOSED),
        failures=tuple(float(then["N"]) for then in item["failures"]["L"]),
        since=float(item["since"]["N"]),
        prober=item["prober"]["S"],
        lease_until=float(item["lease_until"]["N"]),
        version=int(item["version"]["N"]),
    )
