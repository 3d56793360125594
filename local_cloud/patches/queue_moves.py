"""Messages are moved out of dead-letter queues by tasks.

A moved message is a new one, with another id, sent when it was moved. A message that has come into its queue in another
way than by a redrive policy has no source to go back to: a task without a destination fails at it, as it does with what
Lambda, SNS or EventBridge wrote. A task takes what is visible, and is over when there is no more.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

import contextvars
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import queue_access, redrive_policies

Queue = dict[str, Any]
Data = dict[str, Any]

_FASTEST, _MOST_LISTED = 500, 10
_NO_SOURCE = "CouldNotDetermineMessageSource"
_NO_DESTINATION = "AWS.SimpleQueueService.NonExistentQueue"


@dataclass
class _Task:
    source: str
    destination: str | None
    rate: int | None
    to_move: int
    handle: str = field(default_factory=lambda: str(uuid.uuid4()))
    started: int = field(default_factory=lambda: int(time.time() * 1000))
    status: str = "RUNNING"
    moved: int = 0
    failure: str | None = None

    def described(self) -> Data:
        said = {
            "TaskHandle": self.handle if self.status == "RUNNING" else None,
            "Status": self.status,
            "SourceArn": self.source,
            "DestinationArn": self.destination,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure,
            "StartedTimestamp": self.started,
        }
        return {name: value for name, value in said.items() if value is not None}

    def run(self) -> None:
        while self.status == "RUNNING" and self.move_one():
            time.sleep(1 / (self.rate or _FASTEST))
        if self.status == "RUNNING":
            self.status = "COMPLETED"
        elif self.status == "CANCELLING":
            self.status = "CANCELLED"

    def move_one(self) -> bool:
        with queue_access.lock:
            queue = _queue(self.source)
            now = time.time()
            found = next((m for m in (queue or {}).get("messages", ()) if m["visible_at"] <= now), None)
            if queue is None or found is None:
                return False
            origin = found["sys"].get("DeadLetterQueueSourceArn")
            target = _queue(self.destination or origin or "")
            if target is None:
                self.status, self.failure = "FAILED", _NO_DESTINATION if origin else _NO_SOURCE
                return False
            queue["messages"] = [message for message in queue["messages"] if message is not found]
            target["messages"].append(_as_new(found, target, now))
            self.moved += 1
        internal("core.concurrency.esm_wake").set()
        return True


_tasks: dict[str, list[_Task]] = defaultdict(list)


def install() -> None:
    handlers = internal("services.sqs._HANDLERS")
    handlers["StartMessageMoveTask"] = _start
    handlers["ListMessageMoveTasks"] = _list
    handlers["CancelMessageMoveTask"] = _cancel


def _as_new(message: Data, target: Queue, now: float) -> Data:
    delay = internal("services.sqs.queue_delay")(target)
    known = {name: value for name, value in message["sys"].items() if name != "DeadLetterQueueSourceArn"}
    return {
        **message,
        "id": str(uuid.uuid4()),
        "receipt_handle": None,
        "sent_at": now,
        "enqueued_at": now,
        "visible_at": now + delay,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": {**known, "SentTimestamp": str(int(now * 1000))},
    }


def _start(data: Data, _: str) -> Data:
    source, destination = data.get("SourceArn", ""), data.get("DestinationArn")
    rate = data.get("MaxNumberOfMessagesPerSecond")
    queue = _queue(source)
    if queue is None:
        raise _error(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        )
    if not any(redrive_policies.sources_of(source)):
        raise _error("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    if destination and _queue(destination) is None:
        raise _error(
            "ResourceNotFoundException",
            "The resource that you specified for the DestinationArn parameter doesn't exist.",
        )
    if rate is not None and not 1 <= int(rate) <= _FASTEST:
        raise _error(
            "InvalidParameterValue",
            f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. "
            f"Reason: it must be from 1 to {_FASTEST}.",
        )
    if any(task.status in ("RUNNING", "CANCELLING") for task in _tasks[source]):
        raise _error(
            "InvalidParameterValue",
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        )
    task = _Task(source, destination, None if rate is None else int(rate), len(queue["messages"]))
    _tasks[source].insert(0, task)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(task.run,), name="message-move", daemon=True).start()
    return {"TaskHandle": task.handle}


def _list(data: Data, _: str) -> Data:
    source = data.get("SourceArn", "")
    if _queue(source) is None:
        raise _error(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        )
    most = int(data.get("MaxResults") or 1)
    if not 1 <= most <= _MOST_LISTED:
        raise _error("InvalidParameterValue", f"Value {most} for parameter MaxResults is invalid.")
    return {"Results": [task.described() for task in _tasks[source][:most]]}


def _cancel(data: Data, _: str) -> Data:
    for task in [task for tasks in _tasks.values() for task in tasks]:
        if task.handle == data.get("TaskHandle") and task.status == "RUNNING":
            task.status = "CANCELLING"
            return {"ApproximateNumberOfMessagesMoved": task.moved}
    raise _error("ResourceNotFoundException", "Task does not exist.")


def _queue(arn: str) -> Queue | None:
    found: Queue | None = internal("services.sqs._queue_by_arn")(arn) if arn else None
    return found


def _error(code: str, message: str) -> Exception:
    error: Exception = internal("services.sqs._Err")(code, message, 400)
    return error
