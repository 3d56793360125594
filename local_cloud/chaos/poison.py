"""Poison: messages and events that nobody can ever process, for each queue and function that has dead letters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Into", "Poison", "plan_poison"]


class Into(StrEnum):
    """Where it is put."""

    QUEUE = "queue"
    """A queue whose URL is an output of the stack."""
    FUNCTION = "function"
    """A function, asynchronously, by the alias that traffic takes."""


@dataclass(frozen=True, kw_only=True)
class Poison:
    """One of them.

    Attributes:
        marker: what it can be known by, wherever it goes.
        into: what kind of thing takes it.
        target: the output with the queue's URL, or the handler.
        body: the message, or the event.
    """

    marker: str
    into: Into
    target: str
    body: str


def plan_poison(name: str) -> Sequence[Poison]:
    """One of each, known by markers that begin with `name`."""
    made: list[Poison] = []

    def add(into: Into, target: str, template: str) -> None:
        marker = f"poison-{name}-{len(made):02}"
        made.append(Poison(marker=marker, into=into, target=target, body=template.replace("MARKER", marker)))

    add(Into.QUEUE, "OrderQueueUrl", "no JSON: MARKER")
    add(Into.QUEUE, "OrderQueueUrl", json.dumps({"order_id": "MARKER"}))
    add(Into.QUEUE, "OrderQueueUrl", json.dumps({"order_id": "MARKER", "correlation_id": "MARKER"}))
    add(Into.QUEUE, "FilesQueueUrl", "no JSON: MARKER")
    add(Into.QUEUE, "FilesQueueUrl", json.dumps(_LOST_FILE))
    # A letter that no function has written: whoever opens it finds no event.
    add(Into.QUEUE, "DeadLetterQueueUrl", "no letter: MARKER")
    for handler, event in _EVENTS.items():
        add(Into.FUNCTION, handler, json.dumps(event))
    return made


_LOST_FILE = {
    "file_id": "0" * 64,
    "bucket": "no-such-bucket",
    "key": "incoming/MARKER.csv",
    "version_id": "MARKER",
    "size": 1,
    "correlation_id": "MARKER",
}
_EVENTS = {
    "create_order": {"chaos": "MARKER"},
    "send_notification": {"chaos": "MARKER"},
    "check_orders": {"send_again_after_seconds": "MARKER"},
    "ingest_file": {"detail": {"chaos": "MARKER"}},
}
