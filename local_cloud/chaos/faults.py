"""The faults that came, each with the order, the file or the poison that it came to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from local_cloud.chaos.orders import PlannedOrder
from local_cloud.chaos.outages import Happened
from local_cloud.chaos.poison import Into, Poison
from local_cloud.chaos.rules import FUNCTIONS, IDENTITY
from local_cloud.chaos.traffic import Placed, Uploaded
from local_cloud.event_identity import identities

__all__ = ["CLOCKWORK", "UNKNOWN", "Fault", "attribute"]

UNKNOWN, CLOCKWORK = "unknown", "clockwork"
"""The subjects of faults of which nobody knows what they came to, and of those that came to no event of a customer."""
_STEPS = ("StartOrder", "ChargePayment", "ReserveStock", "CompleteOrder", "NotifyCustomer")
_ACTIONS = ("do", "undo")
_OPERATIONS = ("charge", "refund")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        time: when, in seconds since 1970.
        kind: what happened.
        handler: to which function, or to what else.
        subject: the order's id, the file's version or the marker of the poison that was being handled.
        attempt: at which attempt; 0 where nobody counts.
    """

    time: float
    kind: str
    handler: str
    subject: str
    attempt: int = 0


def attribute(
    injected: Sequence[Mapping[str, Any]],
    happened: Sequence[Happened],
    *,
    placed: Sequence[Placed],
    uploaded: Sequence[Uploaded],
    poison: Sequence[Poison],
) -> Sequence[Fault]:
    """All faults in the order of time, those of functions with what their events were about."""
    subjects = dict(_subjects(placed, uploaded, poison))
    found = [
        Fault(
            time=each["time"],
            kind=each["kind"],
            handler=handler,
            subject=CLOCKWORK if handler == "check_orders" else subjects.get(each["event"], UNKNOWN),
            attempt=each["attempt"],
        )
        for each in injected
        for handler in [_handler(each["function"])]
    ]
    found += [
        Fault(
            time=each.time,
            kind=each.kind,
            handler=_handler(each.subject) if each.kind == "process killed" else "",
            subject=each.subject if each.kind == "poison" else CLOCKWORK,
        )
        for each in happened
    ]
    return sorted(found, key=lambda each: each.time)


def _handler(function: str) -> str:
    return next((handler for handler, start in FUNCTIONS.items() if function.startswith(start)), function)


def _subjects(
    placed: Sequence[Placed], uploaded: Sequence[Uploaded], poison: Sequence[Poison]
) -> Iterator[tuple[str, str]]:
    """What an event is known by in the record of faults, and what it is about."""
    for each in placed:
        for order_id in each.order_ids or {each.order.key}:
            for handler, event in _events_of_order(each.order, order_id):
                yield identities(event, IDENTITY[handler])[0], order_id
    for upload in uploaded:
        key, size = upload.file.key, len(upload.file.content)
        yield identities({"key": key, "etag": upload.etag}, IDENTITY["ingest_file"])[0], upload.version
        yield identities({"key": key, "size": size}, IDENTITY["process_file"])[0], upload.version
    for drop in poison:
        for event, handler in product(_events_of_poison(drop), IDENTITY):
            yield identities(event, IDENTITY[handler])[0], drop.marker


def _events_of_order(order: PlannedOrder, order_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "create_order", {"idempotency-key": order.key}
    yield "fulfil_order", {"order_id": order_id}
    yield "send_notification", {"order_id": order_id}
    for operation in _OPERATIONS:
        yield "payment_sandbox", {"idempotency_key": order_id, "operation": operation}
    for step, action in product(_STEPS, _ACTIONS):
        yield "track_order", {"input": {"order_id": order_id}, "saga": {"step": step, "action": action}}


def _events_of_poison(poison: Poison) -> Iterator[Mapping[str, Any]]:
    if poison.into is Into.FUNCTION:
        yield json.loads(poison.body)
    else:
        record = {"eventSource": "aws:sqs", "body": poison.body, "attributes": {}, "messageAttributes": {}}
        yield {"Records": [record]}
        for step, action in product(_STEPS, _ACTIONS):
            yield {"input": {"order_id": poison.marker}, "saga": {"step": step, "action": action}}
