"""What makes an event the same when it is delivered again, or in another run: what it says, not when and how it came.

Queues, topics, streams, buses and schedules wrap what was sent in an envelope with identifiers, times and receipt
handles of their own. These are left out.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["identities"]

_LENGTH = 16


def identities(event: Any, names: Sequence[str] = ()) -> list[str]:
    """The identity of each record of a batch, or of the event as a whole.

    With `names` it is made of the values of the fields with these names, wherever they are, also inside of text that
    is JSON; an event that has none of them is known by all it says.
    """
    records = event.get("Records") if isinstance(event, dict) else None
    parts = records if isinstance(records, list) and records else [event]
    return [
        _digest([list(_values(part, names)), names] if _has(part, names) else _said(part)) for part in parts
    ]


def _has(part: Any, names: Sequence[str]) -> bool:
    return bool(names) and next(_values(part, names), None) is not None


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:_LENGTH]


def _values(value: Any, names: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, dict):
        for name in sorted(value, key=str):
            if name in names:
                yield [name, value[name]]
            else:
                yield from _values(value[name], names)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each, names)
    elif isinstance(value, str) and value[:1] in "{[":
        yield from _values(_parsed(value), names) if _parsed(value) is not None else ()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _said(part: Any) -> Any:
    """What was sent, out of its envelope."""
    if not isinstance(part, dict):
        return part
    unpack = _ENVELOPES.get(part.get("eventSource") or part.get("EventSource") or "")
    if unpack:
        return unpack(part)
    if "detail-type" in part and "detail" in part:
        return [part.get("source"), part["detail-type"], _detail(part)]
    return part


def _of_queue(part: dict[str, Any]) -> Any:
    group = (part.get("attributes") or {}).get("MessageGroupId")
    return [_inner(part.get("body")), part.get("messageAttributes"), group]


def _of_table(part: dict[str, Any]) -> Any:
    change = part["dynamodb"]
    return [part.get("eventName"), *(change.get(name) for name in ("Keys", "OldImage", "NewImage"))]


def _of_bucket(part: dict[str, Any]) -> Any:
    return [part.get("eventName"), part["s3"]["bucket"].get("name"), _object(part["s3"]["object"])]


def _inner(body: Any) -> Any:
    """A message of a queue may itself be an envelope: of a topic, of a bus, or of the failure of an invocation."""
    parsed = _parsed(body) if isinstance(body, str) else None
    if not isinstance(parsed, dict):
        return body
    if "requestPayload" in parsed:
        return parsed["requestPayload"]
    return parsed["Message"] if "TopicArn" in parsed and "Message" in parsed else _said(parsed)


def _detail(part: dict[str, Any]) -> Any:
    detail = part["detail"]
    if part.get("source") != "aws.s3" or not isinstance(detail, dict):
        return detail
    return [(detail.get("bucket") or {}).get("name"), _object(detail.get("object") or {})]


def _object(said: dict[str, Any]) -> Any:
    return [said.get("key"), said.get("size"), said.get("eTag") or said.get("etag")]


_ENVELOPES: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "aws:dynamodb": _of_table,
    "aws:kinesis": lambda part: [part["kinesis"].get("partitionKey"), part["kinesis"].get("data")],
    "aws:s3": _of_bucket,
    "aws:sns": lambda part: [part["Sns"].get("Message"), part["Sns"].get("MessageAttributes")],
    "aws:sqs": _of_queue,
}
