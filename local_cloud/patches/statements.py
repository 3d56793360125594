"""PartiQL statements that write: streams show them and replicas get them, as those of any other request.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from local_cloud.hooks import internal, replace

Response = tuple[int, Any, Any]
Run = Callable[..., Response]
Event = tuple[str, str, Any, Any]

_REFUSED = 400
_held: ContextVar[list[Event] | None] = ContextVar("held", default=None)
"""What a transaction has done so far, which nobody may see before all of it is done."""


def install() -> None:
    for statement in ("insert", "update", "delete"):
        replace(f"services.dynamodb._partiql_{statement}", _emitting)
    replace("services.dynamodb._execute_transaction", _as_one)


def _emitting(original: Run) -> Run:
    def run(table: dict[str, Any], parsed: dict[str, Any], *rest: Any) -> Response:
        find, key = internal("services.dynamodb._get_item_by_key"), _key(table, parsed)
        before = find(table, key)
        response = original(table, parsed, *rest)
        after = find(table, key)
        if after is not before:  # an item that is written is a new one
            event = "REMOVE" if after is None else "INSERT" if before is None else "MODIFY"
            _emit((table["TableName"], event, before, after))
        return response

    return run


def _as_one(original: Run) -> Run:
    def execute(request: dict[str, Any]) -> Response:
        events: list[Event] = []
        token = _held.set(events)
        try:
            response = original(request)
        finally:
            _held.reset(token)
        if response[0] < _REFUSED:
            for event in events:
                _emit(event)
        return response

    return execute


def _emit(event: Event) -> None:
    held = _held.get()
    if held is None:
        internal("services.dynamodb._emit_stream_event")(*event)
    else:
        held.append(event)


def _key(table: dict[str, Any], parsed: dict[str, Any]) -> dict[str, Any]:
    """The primary key that a statement inserts, or names in its WHERE clause."""
    item = parsed.get("item") or {}
    named = {name: value for name, is_, value in parsed.get("conditions") or () if is_ == "="}
    given = {**named, **(item.get("M") or item)}
    return {name: given.get(name) for name in (table["pk_name"], table["sk_name"]) if name}
