"""Global tables with strong consistency: what needs a majority of their Regions fails without one.

A statement that writes counts as a consistent read. AWS does not say which error an isolated replica answers with.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from local_cloud.hooks import replace
from local_cloud.patches import consistency, global_tables, scope
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Handler, Request, Response, find, parts, refused

Objection = Callable[[Request], Response | None]

_WRITES = ("_put_item", "_update_item", "_delete_item", "_batch_write_item")
_READS = ("_get_item", "_query", "_scan", "_batch_get_item", "_execute_statement")
_NOT_SUPPORTED = {
    "_transact_write_items": "Transactions are",
    "_transact_get_items": "Transactions are",
    "_execute_transaction": "Transactions are",
    "_update_ttl": "Time to Live is",
    "_delete_table": "Deletion of a single replica is",
}


def install() -> None:
    objections: dict[str, Objection] = {
        **dict.fromkeys(_WRITES, needs_quorum),
        **dict.fromkeys(_READS, _needs_quorum_if_consistent),
        **{handler: _refuses(what) for handler, what in _NOT_SUPPORTED.items()},
    }
    for handler, objection in objections.items():
        replace(f"services.dynamodb.{handler}", _guarded(objection))


def _guarded(objection: Objection) -> Callable[[Handler], Handler]:
    """Let a handler go on only without objection, and alone: writes arrive in a thread of their own."""

    def build(original: Handler) -> Handler:
        def handle(request: Request) -> Response:
            with global_tables.lock:
                return objection(request) or original(request)

        return handle

    return build


def _strong_tables(request: Request) -> Iterator[tuple[Table, Any]]:
    """The strongly consistent tables that a request is about, each with the part of the request that is."""
    for name, part in parts(request):
        table = find(name)
        if table and consistency.is_strong(table):
            yield table, part


def needs_quorum(request: Request) -> Response | None:
    """The answer to a request that is about a strongly consistent table without a majority; None to any other."""
    for table, _ in _strong_tables(request):
        if not consistency.has_quorum(table, scope.region()):
            return refused("The replica reaches no majority of its global table", "InternalServerError", 500)
        global_tables.deliver()  # before anything is read: what it has missed until now
    return None


def _needs_quorum_if_consistent(request: Request) -> Response | None:
    consistent = any(part.get("ConsistentRead") for _, part in _strong_tables(request))
    return needs_quorum(request) if consistent else None


def _refuses(what: str) -> Objection:
    def refuse(request: Request) -> Response | None:
        if any(_strong_tables(request)):
            return refused(f"{what} not supported on a global table with strong consistency")
        return None

    return refuse
