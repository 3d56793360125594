"""The handler of the saga's example does a step once for its key, and nothing after its compensation."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from examples.handlers.bookings import bookings
from local_cloud import LocalCloud


@pytest.fixture
def table(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The table of bookings, which the handler finds by its environment."""
    client, name = cloud.client("dynamodb"), f"bookings-{uuid4().hex[:8]}"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for variable, value in {**cloud.environment, "BOOKINGS_TABLE": name}.items():
        monkeypatch.setenv(variable, value)
    yield lambda: [item["state"]["S"] for item in client.scan(TableName=name)["Items"]]
    client.delete_table(TableName=name)


def event(action: str) -> dict[str, Any]:
    saga = {"idempotency_key": "trip-7:flight", "action": action}
    return {"saga": saga, "input": {"trip": 7}, "results": {}}


def test_step_that_is_done_twice_is_booked_once(table: Any) -> None:
    answers = [bookings.handler(event("do"), None) for _ in range(2)]

    assert answers == [{"booking": "trip-7:flight"}] * 2
    assert table() == ["booked"]


def test_booking_is_cancelled_however_often_that_is_asked_for(table: Any) -> None:
    bookings.handler(event("do"), None)

    for _ in range(2):
        assert bookings.handler(event("undo"), None) == {}

    assert table() == ["cancelled"]


def test_step_that_comes_after_its_compensation_books_nothing(table: Any) -> None:
    bookings.handler(event("undo"), None)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        bookings.handler(event("do"), None)

    assert table() == ["cancelled"]
