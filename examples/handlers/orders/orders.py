"""A handler that the examples deploy."""

from collections.abc import Mapping
from typing import Any


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes it
    """Take an order."""
    return {"statusCode": 202, "body": str(event.get("body", ""))}
