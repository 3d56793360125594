"""Which records of an event source a mapping's filter criteria let through.

The patterns are EventBridge's. The body of a queue's message and the data of a Kinesis record are matched as JSON where
they are JSON; a pattern for one of their fields matches no plain text.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
"""

import base64
import json
from typing import Any

from local_cloud.hooks import internal

Record = dict[str, Any]


def passes(mapping: dict[str, Any], record: Record) -> bool:
    """Whether a record reaches the function: it matches one of the patterns, or there are none."""
    patterns = [
        entry["Pattern"]
        for entry in (mapping.get("FilterCriteria") or {}).get("Filters") or []
        if entry.get("Pattern")
    ]
    if not patterns:
        return True
    seen = _as_seen(record)
    return any(_matches(pattern, seen) for pattern in patterns)


def _matches(pattern: str, seen: Record) -> bool:
    compiled = internal("services.eventbridge._compiled_pattern")(pattern)
    matches = internal("services.eventbridge._matches_detail")
    return any(matches(seen, alternative) for alternative in compiled or ())


def _as_seen(record: Record) -> Record:
    if isinstance(record.get("kinesis"), dict):
        kinesis = record["kinesis"]
        data = base64.b64decode(kinesis.get("data") or "").decode(errors="replace")
        return {**record, **kinesis, "data": _parsed(data)}
    return {**record, "body": _parsed(record["body"])} if isinstance(record.get("body"), str) else record


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
