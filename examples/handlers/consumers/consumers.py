"""Handlers that the examples of event sources deploy: each answers which records of a batch failed."""

import json
import logging
from collections.abc import Mapping
from typing import Any

LOG = logging.getLogger(__name__)

Answer = dict[str, list[dict[str, str]]]


def fulfil(order: Mapping[str, Any]) -> None:
    """Stand for an app's own work, which may fail."""
    if order.get("quantity", 0) < 1:
        raise ValueError(order)


def of_queue(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it
    """Process each message; only those that failed come again."""
    failed = []
    for record in event["Records"]:
        try:
            fulfil(json.loads(record["body"]))
        except Exception:
            LOG.exception("message %s comes again", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def of_table(event: Mapping[str, Any], context: object) -> Answer:  # noqa: ARG001 - Lambda passes it
    """Process records in their order; the first that fails, and all behind it, come again."""
    for record in event["Records"]:
        change = record["dynamodb"]
        try:
            fulfil({"quantity": int(change["NewImage"]["quantity"]["N"])})
        except Exception:
            LOG.exception("record %s comes again", change["SequenceNumber"])
            return {"batchItemFailures": [{"itemIdentifier": change["SequenceNumber"]}]}
    return {"batchItemFailures": []}
