"""A step of a saga, and its compensation: each is done once for its idempotency key, however often it is called."""

import os
from collections.abc import Mapping
from typing import Any

import boto3

_BOOKED, _CANCELLED = "booked", "cancelled"


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes it
    """Book, or cancel what was booked."""
    table = boto3.resource("dynamodb").Table(os.environ["BOOKINGS_TABLE"])
    saga = event["saga"]
    if saga["action"] == "undo":
        # Also when nothing was booked: a booking that comes later finds that it was cancelled.
        table.put_item(Item={"key": saga["idempotency_key"], "state": _CANCELLED})
        return {}
    item = {"key": saga["idempotency_key"], "state": _BOOKED, "trip": event["input"]["trip"]}
    table.put_item(
        Item=item,
        ConditionExpression="attribute_not_exists(#key) OR #state = :booked",
        ExpressionAttributeNames={"#key": "key", "#state": "state"},
        ExpressionAttributeValues={":booked": _BOOKED},
    )
    return {"booking": saga["idempotency_key"]}
