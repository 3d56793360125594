"""One DynamoDB table in memory, which fails when it is told to, and actors whose calls a test holds open."""

import queue
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from ministack.services.dynamodb import (  # type: ignore[import-untyped]  # it has none
    _apply_update_expression,
    _evaluate_condition,
)

__all__ = ["Actor", "FakeTable", "Outcome"]


class ConditionalCheckFailedError(ClientError):
    """As boto3 makes it."""


class _Exceptions(NamedTuple):
    ConditionalCheckFailedException: type[ClientError]


class _Meta(NamedTuple):
    events: Any


class _Events:
    def register(self, *_: object) -> None:
        """Powertools adds a name to the user agent."""

    register_first = register


class FakeTable:
    """The client of a table with the key `id`. The expressions are evaluated by the local cloud's DynamoDB.

    Attributes:
        fault: what the next calls do: nothing of the sort, be unreachable, or be done without an answer.
        wrote: is told the item before and after each write. What it raises, the caller may swallow.
        before_next_write: happens once, after the caller has read and before its write is looked at.
    """

    exceptions = _Exceptions(ConditionalCheckFailedError)
    meta = _Meta(_Events())

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.fault = "none"
        self.faults = 0
        self.wrote: Callable[[dict[str, Any], dict[str, Any]], None] = lambda _, __: None
        self.before_next_write: Callable[[], None] | None = None

    def get_item(self, *, Key: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self._fail_before()
        found = self.items.get(Key["id"]["S"])
        self._fail_after()
        return {"Item": deepcopy(found)} if found else {}

    def put_item(self, *, Item: dict[str, Any], **options: Any) -> None:  # noqa: N803 - boto3's names
        self._write(Item["id"]["S"], lambda _: deepcopy(Item), options)

    def delete_item(self, *, Key: Mapping[str, Any], **options: Any) -> None:  # noqa: N803 - boto3's names
        self._write(Key["id"]["S"], lambda _: {}, options)

    def update_item(self, *, Key: Mapping[str, Any], UpdateExpression: str, **options: Any) -> None:  # noqa: N803 - boto3's names
        def updated(item: dict[str, Any]) -> dict[str, Any]:
            values, names = options["ExpressionAttributeValues"], options["ExpressionAttributeNames"]
            new, _ = _apply_update_expression({**item, **Key}, UpdateExpression, values, names)
            return dict(new)

        self._write(Key["id"]["S"], updated, options)

    def _write(
        self, key: str, new: Callable[[dict[str, Any]], dict[str, Any]], options: Mapping[str, Any]
    ) -> None:
        self._fail_before()
        if first := self.before_next_write:
            self.before_next_write = None
            first()
        before = self.items.get(key, {})
        if condition := options.get("ConditionExpression"):
            names, values = options.get("ExpressionAttributeNames", {}), options["ExpressionAttributeValues"]
            if not _evaluate_condition(condition, before, values, names):
                response: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
                if before and "ReturnValuesOnConditionCheckFailure" in options:
                    response["Item"] = deepcopy(before)
                raise ConditionalCheckFailedError(response, "PutItem")
        after = new(before)
        self.wrote(before, after)
        self.items[key] = after
        if not after:
            del self.items[key]
        self._fail_after()

    def _fail_before(self) -> None:
        if self.fault == "unreachable":
            self.faults += 1
            raise EndpointConnectionError(endpoint_url="table")

    def _fail_after(self) -> None:
        if self.fault == "no answer":
            self.faults += 1
            raise ReadTimeoutError(endpoint_url="table")


class Outcome(NamedTuple):
    """How a call ended: with a value or with an error."""

    value: object = None
    error: BaseException | None = None


class Actor:
    """A thread that makes one call at a time; the test decides when what is called goes on.

    Attributes:
        busy: whether a call is held open.
    """

    def __init__(self) -> None:
        self.busy = False
        self._commands: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        self._resume: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def call(self, act: Callable[[], object]) -> Outcome | None:
        """Begin `act`; its outcome, or None if it is now held open in `hold`."""
        self._commands.put(act)
        return self._next()

    def go_on(self, then: Callable[[], object]) -> Outcome | None:
        """Let what is held do `then`, and end."""
        self._resume.put(then)
        return self._next()

    def hold(self) -> object:
        """To be called by what is called: waits until the test goes on."""
        self._events.put(None)
        return self._resume.get()()

    def end(self) -> None:
        """Let the thread end, whatever it does."""
        if self.busy:
            self._resume.put(lambda: None)
        self._commands.put(None)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _next(self) -> Outcome | None:
        event = self._events.get(timeout=10)
        self.busy = event is None
        return event

    def _run(self) -> None:
        while act := self._commands.get():
            try:
                outcome = Outcome(value=act())
            except Exception as error:  # noqa: BLE001 - the test judges it
                outcome = Outcome(error=error)
            self._events.put(outcome)
