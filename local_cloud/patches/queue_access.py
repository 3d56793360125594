"""Queues are changed by one thread at a time, and deleted from as SQS does.

MiniStack's queues are lists that requests, the pollers of event source mappings and other services change from several
threads. Deleting puts a new list in the place of the old one, so a message that arrived meanwhile would be lost.

A message is deleted by the receipt handle of its last receive; with an older one the request succeeds, and the message
stays. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace

lock = threading.RLock()
"""Held by whoever changes the messages of a queue."""

_ACTIONS = {
    "ChangeMessageVisibility": "_act_change_visibility",
    "ChangeMessageVisibilityBatch": "_act_change_visibility_batch",
    "DeleteMessage": "_act_delete_message",
    "DeleteMessageBatch": "_act_delete_message_batch",
    "PurgeQueue": "_act_purge_queue",
    "SendMessage": "_act_send_message",
    "SendMessageBatch": "_act_send_message_batch",
}
_HELPERS = (
    "services.sqs._collect_msgs",
    "services.sqs._dlq_sweep",
    "services.sqs._expire_retained",
    "services.sqs._refresh_counts",
    "services.sns._deliver_to_sqs",
    "services.eventbridge._dispatch_to_sqs",
    "services.s3._deliver_event_to_sqs",
)
_UNKNOWN_HANDLE = "ReceiptHandleIsInvalid"


def install() -> None:
    handlers = internal("services.sqs._HANDLERS")
    for action, name in _ACTIONS.items():
        replace(f"services.sqs.{name}", _one_at_a_time)
        handlers[action] = internal(f"services.sqs.{name}")
    for path in _HELPERS:
        replace(path, _one_at_a_time)
    handlers["DeleteMessage"] = _with_old_handle(handlers["DeleteMessage"])
    handlers["DeleteMessageBatch"] = _with_old_handles(handlers["DeleteMessageBatch"])


def _one_at_a_time(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def locked(*arguments: Any, **named: Any) -> Any:
        with lock:
            return original(*arguments, **named)

    return locked


def _with_old_handle(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    def delete(data: dict[str, Any], url: str) -> Any:
        try:
            return original(data, url)
        except Exception as error:
            if getattr(error, "code", "") == _UNKNOWN_HANDLE and _is_a_handle(data.get("ReceiptHandle")):
                return {}
            raise

    return delete


def _with_old_handles(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    def delete(data: dict[str, Any], url: str) -> Any:
        answer = original(data, url)
        handles = {entry["Id"]: entry.get("ReceiptHandle") for entry in data.get("Entries", [])}
        failed = answer.get("Failed", [])
        known = [entry for entry in failed if _is_a_handle(handles.get(entry["Id"]))]
        return {
            **answer,
            "Successful": [*answer.get("Successful", []), *({"Id": entry["Id"]} for entry in known)],
            "Failed": [entry for entry in failed if entry not in known],
        }

    return delete


def _is_a_handle(text: object) -> bool:
    """Whether this is what the local cloud hands out with a received message: 36 characters with four hyphens."""
    return isinstance(text, str) and len(text) == 36 and text.count("-") == 4  # noqa: PLR2004 - a UUID
