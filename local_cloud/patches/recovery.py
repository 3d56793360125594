"""Point-in-time recovery: while it is on, every change of an item is remembered with its moment.

It is hooked where MiniStack stores an item, so writes that arrive by replication or from an import, and items whose
time to live is over, are remembered as well; a transaction that fails leaves nothing. What is remembered belongs to
one table, not to its name, and goes when recovery is switched off or the table is deleted.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
"""

import math
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from local_cloud import outages
from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Handler, Request, Response, answer, refused, violated
from local_cloud.settings import Settings
from local_cloud.table_history import Change, History, Items, Key

_LONGEST_DAYS = 35
_DAY = 86_400
_REFUSED = 400
_LEAST_STEP = 1e-6


@dataclass(kw_only=True)
class Recovery:
    """What is remembered of one table.

    Attributes:
        since: when recovery was switched on, in seconds since 1970.
        days: how far back the table can be restored at most.
    """

    since: float
    days: int
    history: History

    def window(self, now: float) -> tuple[int, int]:
        """The earliest and the latest moment that the table can be restored to.

        They are whole seconds, as clients can ask for no others. Right after it was switched on they are the same.
        """
        earliest = max(math.floor(self.since), math.ceil(now - self.days * _DAY))
        return earliest, max(earliest, math.floor(now - Settings.from_environment().recovery_lag))


_recoveries: dict[str, Recovery] = {}
_held: ContextVar[list[tuple[Recovery, Change]] | None] = ContextVar("held", default=None)
"""What a transaction has written so far, which counts only if all of it is done."""
_last_moment = 0.0


def install() -> None:
    replace("services.dynamodb._set_item", _remembering)
    replace("services.dynamodb._remove_item", _remembering)
    replace("services.dynamodb._execute_transaction", _as_one)
    replace("services.dynamodb._update_continuous_backups", lambda _: _update)
    replace("services.dynamodb._describe_continuous_backups", lambda _: _describe)


def of(table: Table) -> Recovery | None:
    """What is remembered of a table; None while its recovery is off."""
    return _recoveries.get(table["TableId"])


def forget(table: Table) -> None:
    """Switch recovery off."""
    _recoveries.pop(table["TableId"], None)


def unavailable(table: Table) -> Response | None:
    """Why nothing can be got out of a table's recovery; None if it can."""
    name = table["TableName"]
    if outages.is_recovery_broken(scope.region_of(table["TableArn"]), name):
        return refused("Internal server error", "InternalServerError", 500)
    if of(table) is None:
        message = f"Point in time recovery is not enabled for table '{name}'"
        return refused(message, "PointInTimeRecoveryUnavailableException")
    return None


def items(table: Table) -> Items:
    """What is in a table now."""
    return {(pk, sk): item for pk, sorted_ in list(table["items"].items()) for sk, item in sorted_.items()}


def _remembering(original: Callable[..., Any]) -> Callable[..., Any]:
    def write(table: Table, pk: Any, sk: Any, *item: Any) -> Any:
        before = original(table, pk, sk, *item)
        recovery = of(table)
        after = item[0] if item else None
        if recovery is not None and not (before is None and after is None):
            _note(recovery, (pk, sk), before, after)
        return before

    return write


def _note(recovery: Recovery, key: Key, before: Any, after: Any) -> None:
    global _last_moment  # noqa: PLW0603 - the clock of the process: no two writes have the same moment
    _last_moment = max(time.time(), _last_moment + _LEAST_STEP)
    change = Change(moment=_last_moment, key=key, before=before, after=after)
    held = _held.get()
    if held is None:
        recovery.history.note([change])
    else:
        held.append((recovery, change))


def _as_one(original: Handler) -> Handler:
    def execute(request: Request) -> Response:
        changes: list[tuple[Recovery, Change]] = []
        token = _held.set(changes)
        try:
            response = original(request)
        finally:
            _held.reset(token)
        if response[0] < _REFUSED:
            for recovery, change in changes:
                recovery.history.note([change])
        return response

    return execute


def _update(request: Request) -> Response:
    table = _table(request)
    if table is None:
        return _not_found(request)
    asked = request.get("PointInTimeRecoverySpecification") or {}
    days = asked.get("RecoveryPeriodInDays", _LONGEST_DAYS)
    if not 1 <= days <= _LONGEST_DAYS:
        bound = "greater than or equal to 1" if days < 1 else f"less than or equal to {_LONGEST_DAYS}"
        return violated(days, "pointInTimeRecoverySpecification.recoveryPeriodInDays", f"have value {bound}")
    present = of(table)
    if not asked.get("PointInTimeRecoveryEnabled"):
        forget(table)
    elif present is None:
        history = History(items(table))
        _recoveries[table["TableId"]] = Recovery(since=time.time(), days=days, history=history)
    else:
        present.days = days
    return _described(table)


def _describe(request: Request) -> Response:
    table = _table(request)
    return _not_found(request) if table is None else _described(table)


def _described(table: Table) -> Response:
    recovery = of(table)
    description: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED" if recovery else "DISABLED"}
    if recovery:
        earliest, latest = recovery.window(time.time())
        description |= {
            "RecoveryPeriodInDays": recovery.days,
            "EarliestRestorableDateTime": earliest,
            "LatestRestorableDateTime": latest,
        }
    continuous = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": description}
    return answer({"ContinuousBackupsDescription": continuous})


def _table(request: Request) -> Table | None:
    name = internal("services.dynamodb._normalize_table_name")(request.get("TableName"))
    found: Table | None = internal("services.dynamodb._tables").get(name)
    return found


def _not_found(request: Request) -> Response:
    return refused(f"Table not found: {request.get('TableName')}", "TableNotFoundException")
