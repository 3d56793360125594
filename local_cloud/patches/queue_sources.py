"""Queues as event sources: batches, windows, maximum concurrency, and messages that come back.

A message is received for as long as the queue's visibility timeout says. It is deleted when the function has answered
for it; otherwise it comes back by itself, and reaches the dead-letter queue when it has been received too often. A
throttled batch is tried again as long as its messages are invisible, which costs no receive.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

import contextvars
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from local_cloud import faults
from local_cloud.hooks import internal
from local_cloud.patches import queue_access, scope, source_answers, source_filters, source_metrics

Mapping = dict[str, Any]
Message = dict[str, Any]

_FIRST_BATCHES = 5
"""How many batches Lambda begins with at once. It would add more every minute."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0
"""Seconds between two tries of a throttled batch; they double."""


@dataclass
class _Source:
    """What is under way for one mapping."""

    running: int = 0
    gathered: list[Message] = field(default_factory=list)
    since: float = 0.0


_sources: dict[str, _Source] = {}
_lock = threading.Lock()


def look(mapping: Mapping) -> None:
    """Receive what is there for a mapping, and hand over what is complete."""
    queue = internal("services.sqs._queue_by_arn")(mapping["EventSourceArn"])
    source = _sources.setdefault(mapping["UUID"], _Source())
    if queue is None or not (queue["messages"] or source.gathered):
        return
    limit = (mapping.get("ScalingConfig") or {}).get("MaximumConcurrency") or _FIRST_BATCHES
    while source.running < int(limit) and (batch := _gather(mapping, source, queue)):
        _start(mapping, source, queue, batch)


def _gather(mapping: Mapping, source: _Source, queue: dict[str, Any]) -> list[Message]:
    """A batch that is to be handed over now: full, or its window is over."""
    room = _batch_size(mapping) - len(source.gathered)
    received = _receive(queue, room)
    kept = [message for message in received if source_filters.passes(mapping, _record(message, queue))]
    _delete(queue, [message for message in received if message not in kept])
    source_metrics.count(mapping, polled=len(received), filtered=len(received) - len(kept))
    if kept and not source.gathered:
        source.since = time.time()
    source.gathered += kept
    window = 0 if queue["is_fifo"] else int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    if len(source.gathered) < _batch_size(mapping) and time.time() < source.since + window:
        return []
    batch, source.gathered = source.gathered, []
    return batch


def _batch_size(mapping: Mapping) -> int:
    return int(mapping.get("BatchSize") or 10)


def _receive(queue: dict[str, Any], most: int) -> list[Message]:
    if most <= 0:
        return []
    with queue_access.lock:
        internal("services.sqs._expire_retained")(queue)
        internal("services.sqs._dlq_sweep")(queue)
        timeout = int(queue["attributes"].get("VisibilityTimeout", "30"))
        received: list[Message] = internal("services.sqs._collect_msgs")(queue, most, timeout)
    return [dict(message) for message in received]


def _delete(queue: dict[str, Any], messages: list[Message]) -> None:
    handles = {message["receipt_handle"] for message in messages}
    if handles:
        with queue_access.lock:
            queue["messages"] = [kept for kept in queue["messages"] if kept["receipt_handle"] not in handles]


def _start(mapping: Mapping, source: _Source, queue: dict[str, Any], batch: list[Message]) -> None:
    with _lock:
        source.running += 1

    def run() -> None:
        try:
            _process(mapping, queue, batch)
        finally:
            with _lock:
                source.running -= 1
            internal("core.concurrency.esm_wake").set()

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=f"queue-{queue['name']}", daemon=True).start()


def _process(mapping: Mapping, queue: dict[str, Any], batch: list[Message]) -> None:
    found, config = internal("services.lambda_svc._get_func_record_for_qualifier")(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    if found is None:
        return
    event = {"Records": [_record(message, queue) for message in batch]}
    invisible_until = min(message["visible_at"] for message in batch)
    wait = _FIRST_WAIT
    while True:
        with faults.delivered():
            answer = internal("services.lambda_svc._execute_function")(
                internal("services.lambda_svc._execution_record_for_config")(found, config), event
            )
        if not answer.get("throttle") or time.time() + wait >= invisible_until:
            break
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)
    failed = source_answers.failed(mapping, answer, [message["id"] for message in batch])
    _delete(queue, [message for message in batch if message["id"] not in failed])
    invoked = 0 if answer.get("throttle") else len(batch)
    source_metrics.count(mapping, invoked=invoked, failed=len(failed), deleted=len(batch) - len(failed))
    mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if failed else "OK"


def _record(message: Message, queue: dict[str, Any]) -> dict[str, Any]:
    """A message as it stands in the event.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
    """
    known = internal("services.sqs._build_sys_attrs")(message, ["All"])
    attributes = message.get("message_attributes") or {}
    digest = internal("services.sqs._md5_msg_attrs")(attributes)
    return {
        "messageId": message["id"],
        "receiptHandle": message["receipt_handle"],
        "body": message["body"],
        "attributes": known,
        "messageAttributes": internal("services.lambda_svc._sqs_message_attributes_to_camel_case")(
            attributes
        ),
        **({"md5OfMessageAttributes": digest} if digest else {}),
        "md5OfBody": message["md5_body"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue["attributes"]["QueueArn"],
        "awsRegion": scope.region_of(queue["attributes"]["QueueArn"]),
    }
