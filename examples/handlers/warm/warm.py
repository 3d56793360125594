"""A handler that answers the warm-up ping without doing any work."""

from collections.abc import Mapping
from typing import Any

from warm_up import skip_warm_up  # bundled beside this file: see extra_folders in warm_up.py


@skip_warm_up
def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda passes it
    """Take an order; the ping never comes here."""
    return {"statusCode": 202, "body": str(event.get("body", ""))}
