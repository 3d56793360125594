"""What goes wrong with functions: rules for the local cloud, which follow from the size of a run alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["FUNCTIONS", "IDENTITY", "Outage", "fault_rules"]

_ORDERS, _PIPELINE = "OrderService-local", "DataPipeline-local"

FUNCTIONS: Mapping[str, str] = {
    "create_order": f"{_ORDERS}-CreateOrder",
    "fulfil_order": f"{_ORDERS}-FulfilmentFulfilOrder",
    "track_order": f"{_ORDERS}-FulfilmentTrackOrder",
    "process_payment": f"{_ORDERS}-FulfilmentPaymentsProcessPayment",
    "payment_sandbox": f"{_ORDERS}-FulfilmentPaymentsSandbox",
    "update_inventory": f"{_ORDERS}-FulfilmentUpdateInventory",
    "send_notification": f"{_ORDERS}-SendNotification",
    "check_orders": f"{_ORDERS}-FulfilmentCheckOrders",
    "ingest_file": f"{_PIPELINE}-IngestFile",
    "process_file": f"{_PIPELINE}-ProcessFile",
}
"""What the names of the deployed functions begin with, by handler."""

_STEP = ("order_id", "step", "action")
IDENTITY: Mapping[str, Sequence[str]] = {
    "create_order": ("idempotency-key",),
    "fulfil_order": ("order_id",),
    "track_order": _STEP,
    "process_payment": _STEP,
    "payment_sandbox": ("idempotency_key", "operation"),
    "update_inventory": _STEP,
    "send_notification": ("order_id",),
    "check_orders": ("schedule_arn",),
    "ingest_file": ("key", "etag"),
    "process_file": ("key", "size"),
}
"""The fields that say which event it is; without them, ids that are new in every run would."""

_LEAST, _MOST, _WANTED = 0.005, 0.03, 3.0


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A function that fails whatever it is asked, for a while.

    Attributes:
        handler: which one.
        kind: ``error``, which is known at once, or ``time_out``, whose work is done all the same.
        begin: seconds after the beginning.
        end: likewise.
    """

    handler: str
    kind: str
    begin: float
    end: float


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """One kind of fault, for some functions.

    Attributes:
        kind: of `local_cloud.faults.KINDS`.
        functions: the handlers.
        operation: the calls of AWS after which a crash comes.
        call: at which of them.
        share: of the usual probability.
        certain: whether it is no matter of probability.
        more: further fields of the rule.
    """

    kind: str
    functions: Sequence[str]
    operation: str = "*"
    call: int = 1
    share: float = 1.0
    certain: bool = False
    more: tuple[tuple[str, Any], ...] = ()


_STEPS = ("track_order", "process_payment", "update_inventory")
_FILES = ("ingest_file", "process_file")
_TOLD = ("send_notification",)
# Whoever waits for it waits until it would have timed out, after each crash.
_PATIENT = ("create_order",)
# Who takes batches of ten messages fails for all of them: with the usual probability hardly a batch would succeed.
_FEW = 0.2
_RULES = (
    _Rule(kind="crash_before", functions=("create_order", *_STEPS, *_TOLD, *_FILES)),
    _Rule(kind="crash_before", functions=("fulfil_order", "payment_sandbox"), share=_FEW),
    _Rule(kind="crash_during", functions=("create_order",), operation="dynamodb.PutItem", call=2),
    _Rule(kind="crash_during", functions=("create_order",), operation="sqs.SendMessage"),
    _Rule(kind="crash_during", functions=("fulfil_order",), operation="sfn.StartExecution", share=_FEW),
    _Rule(kind="crash_during", functions=("track_order",), operation="dynamodb.UpdateItem"),
    _Rule(kind="crash_during", functions=("process_payment",), operation="lambda.Invoke"),
    _Rule(kind="crash_during", functions=("process_payment",), operation="dynamodb.UpdateItem"),
    _Rule(kind="crash_during", functions=("payment_sandbox",), operation="dynamodb.PutItem", share=_FEW),
    _Rule(kind="crash_during", functions=("update_inventory",), operation="dynamodb.TransactWriteItems"),
    _Rule(kind="crash_during", functions=_TOLD, operation="sns.Publish"),
    _Rule(kind="crash_during", functions=("ingest_file",), operation="dynamodb.PutItem"),
    _Rule(kind="crash_during", functions=("process_file",), operation="dynamodb.TransactWriteItems"),
    _Rule(kind="crash_during", functions=("process_file",), operation="s3.*", call=3),
    _Rule(kind="crash_after", functions=("create_order", *_STEPS, *_TOLD, *_FILES)),
    _Rule(kind="crash_after", functions=("fulfil_order", "payment_sandbox"), share=_FEW),
    _Rule(kind="time_out", functions=("create_order", *_STEPS, *_TOLD, *_FILES)),
    _Rule(kind="time_out", functions=("fulfil_order", "payment_sandbox"), share=_FEW),
    _Rule(kind="throttle", functions=("create_order", *_STEPS, *_TOLD, *_FILES)),
    _Rule(kind="throttle", functions=("fulfil_order", "payment_sandbox"), share=_FEW),
    _Rule(kind="duplicate", functions=("fulfil_order",), share=_FEW),
    _Rule(kind="duplicate", functions=(*_TOLD, *_FILES)),
    _Rule(kind="duplicate", functions=(*_TOLD, *_FILES), more=(("together", True),)),
    _Rule(
        kind="crash_during",
        functions=("check_orders",),
        operation="sqs.SendMessage",
        certain=True,
        more=(("most", 1),),
    ),
)


def fault_rules(orders: int, files: int, outages: Sequence[Outage]) -> Sequence[Mapping[str, Any]]:
    """The rules of a run.

    Args:
        orders: how many there are: of few, more are hit.
        files: likewise.
        outages: what is down for a while.
    """
    rules = [
        _of(each.handler, each.kind, 1.0) | {"between": [each.begin, each.end], "error": "DownError"}
        for each in outages
    ]
    for rule in _RULES:
        for handler in rule.functions:
            likely = min(_MOST, max(_LEAST, _WANTED / max(files if handler in _FILES else orders, 1)))
            probability = 1.0 if rule.certain else likely * rule.share
            calls = {"operation": rule.operation, "call": rule.call} if rule.kind == "crash_during" else {}
            often = {"attempts": [1, 2]} if handler in _PATIENT else {}
            rules.append(_of(handler, rule.kind, probability) | calls | often | dict(rule.more))
    return rules


def _of(handler: str, kind: str, probability: float) -> dict[str, Any]:
    return {
        "function": FUNCTIONS[handler],
        "kind": kind,
        "probability": probability,
        "identity": list(IDENTITY[handler]),
    }
