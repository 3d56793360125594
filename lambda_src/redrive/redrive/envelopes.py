"""What dead letters say: which event it was, which function got it, when and with what it failed.

A record of an on-failure destination is known by its content, whoever the queue is for: one queue may take both the
events that a service could not deliver and those that the function failed to process.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from redrive.batches import Batch, batch_of
from redrive.malformed import MalformedError
from redrive.model import Letter, WrittenBy
from redrive.notifications import event_of

__all__ = ["UNKNOWN", "Opened", "opened"]

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a letter says.

    Attributes:
        failed_at: when it was given up, in seconds.
        function: the function or qualifier it was for; empty where the letter does not say.
        payload: the event; None where it has to be read again from `batch`.
        batch: where the records lie in a stream.
        error_type: what it failed with.
        error_message: in the words of whoever gave it up.
    """

    failed_at: float
    function: str = ""
    payload: bytes | None = None
    batch: Batch | None = None
    error_type: str = UNKNOWN
    error_message: str = ""


def opened(letter: Letter, written_by: WrittenBy) -> Opened:
    """What `letter` says.

    Raises:
        MalformedError: it can't be understood.
    """
    if written_by is WrittenBy.QUEUE:
        return Opened(failed_at=letter.sent_at, payload=letter.body.encode())
    try:
        body = json.loads(letter.body)
    except ValueError as error:
        raise MalformedError(f"the body is no JSON: {error}") from error
    if _is_record(body):
        return _of_record(_Record(body), letter)
    return _READERS[written_by](letter, body)


def _is_record(body: Any) -> bool:
    context = body.get("requestContext") if isinstance(body, dict) else None
    return isinstance(context, dict) and "functionArn" in context and "condition" in context


@dataclass(frozen=True)
class _Record:
    """The record of an on-failure destination.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """

    body: Mapping[str, Any]
    context: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "context", self.body["requestContext"])

    @property
    def error(self) -> tuple[str, str]:
        """The type and the message. A function that never ran has none: the condition stands for it."""
        answer = self.body.get("responsePayload")
        given = answer if isinstance(answer, dict) else {}
        response = self.body.get("responseContext")
        response = response if isinstance(response, dict) else {}
        kind = given.get("errorType") or response.get("functionError") or self.context["condition"]
        return str(kind or UNKNOWN), str(given.get("errorMessage") or "")


def _of_record(record: _Record, letter: Letter) -> Opened:
    if (version := record.body.get("version")) != "1.0":
        raise MalformedError(f"the record has the version {version!r}, and only 1.0 is known")
    function = record.context["functionArn"]
    if not isinstance(function, str) or ":function:" not in function:
        raise MalformedError(f"the record names {function!r}, which is no function")
    kind, message = record.error
    batch = batch_of(record.body)
    if batch is None and "requestPayload" not in record.body:
        raise MalformedError(
            "the record has neither a requestPayload nor a batch: it was too large for the queue"
        )
    return Opened(
        failed_at=_moment(record.body.get("timestamp"), letter),
        function=function,
        payload=None if batch else json.dumps(record.body["requestPayload"]).encode(),
        batch=batch,
        error_type=kind,
        error_message=message,
    )


def _moment(given: Any, letter: Letter) -> float:
    try:
        return datetime.fromisoformat(given).timestamp()
    except (TypeError, ValueError):
        return letter.sent_at


def _of_function(letter: Letter, _body: Any) -> Opened:
    """A dead-letter queue of a function: the body is the event itself.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    if not letter.text("RequestID"):
        raise MalformedError(
            "it is neither a record of an on-failure destination nor has it the attribute RequestID of a "
            "function's dead-letter queue"
        )
    return _delivery(letter, "ErrorCode", "ErrorMessage")


def _of_rule(letter: Letter, _body: Any) -> Opened:
    """What EventBridge could not deliver: the body is the event as the bus had it, before any input transformer.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    if not letter.text("RULE_ARN"):
        raise MalformedError("it has no attribute RULE_ARN, which EventBridge gives to its dead letters")
    return _delivery(letter, "ERROR_CODE", "ERROR_MESSAGE")


def _of_schedule(letter: Letter, body: Any) -> Opened:
    """What EventBridge Scheduler could not deliver: the body is the input of the target.

    A universal target's input is the request of the API, whose payload is the event.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    if not letter.text("SCHEDULE_ARN"):
        raise MalformedError("it has no attribute SCHEDULE_ARN, which Scheduler gives to its dead letters")
    if letter.text("IS_PAYLOAD_TRUNCATED").lower() == "true":
        raise MalformedError("Scheduler has cut its payload, since it was too large for the queue")
    if isinstance(body, dict) and {"FunctionName", "Payload"} <= set(body):
        inner = body["Payload"]
        payload = inner if isinstance(inner, str) else json.dumps(inner)
        return _delivery(letter, "ERROR_CODE", "ERROR_MESSAGE", payload.encode())
    return _delivery(letter, "ERROR_CODE", "ERROR_MESSAGE")


def _of_topic(letter: Letter, body: Any) -> Opened:
    """What SNS could not deliver to a function; it names the error like a function's own dead-letter queue.

    https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
    """
    payload = json.dumps(event_of(body)).encode()
    return _delivery(letter, "ErrorCode", "ErrorMessage", payload)


def _of_stream(_letter: Letter, _body: Any) -> Opened:
    raise MalformedError("it is no record of a stream's on-failure destination")


def _delivery(letter: Letter, code: str, message: str, payload: bytes | None = None) -> Opened:
    target = letter.text("TARGET_ARN")
    return Opened(
        failed_at=letter.sent_at,
        function=target if ":function:" in target else "",
        payload=letter.body.encode() if payload is None else payload,
        error_type=letter.text(code) or UNKNOWN,
        error_message=letter.text(message),
    )


_READERS: Final = {
    WrittenBy.ASYNCHRONOUS: _of_function,
    WrittenBy.STREAM: _of_stream,
    WrittenBy.TOPIC: _of_topic,
    WrittenBy.RULE: _of_rule,
    WrittenBy.SCHEDULE: _of_schedule,
}
