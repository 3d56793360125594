"""Looks at what was tested, and clears away what executions that ended left behind."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from table_restore.ledger import Entry, Ledger, State
from table_restore.metrics import Publisher
from table_restore.reports import REMEMBERED, iso
from table_restore.temporary import Temporary, code_of

__all__ = ["LookError", "Sweeper"]

logger = logging.getLogger(__name__)

_LINGERS: Final = 960.0
"""Seconds after which a function that an execution called before it ended runs no more: Lambda's limit, and a minute.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_LOOKED_BACK: Final = 30 * 86_400
_NO_EXECUTION: Final = "ExecutionDoesNotExist"
_RUNNING: Final = frozenset({"RUNNING", "PENDING_REDRIVE"})


class LookError(Exception):
    """Some tables could not be looked at; the others were."""


@dataclass(frozen=True)
class _Ended:
    """How an execution ended, and when in seconds."""

    status: str
    when: float


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Publishes how long ago each table's last good test was, and deletes tables that nobody will delete any more.

    Attributes:
        ledger: remembers.
        temporary: deletes tables.
        publisher: publishes.
        machine: the client of Step Functions.
        clock: the time, in seconds.
    """

    ledger: Ledger
    temporary: Temporary
    publisher: Publisher
    machine: Any
    clock: Callable[[], float]

    def look(self, tables: Sequence[str]) -> dict[str, Any]:
        """Look at `tables`.

        Raises:
            LookError: names the tables that could not be looked at.
        """
        problems = []
        for table in tables:
            try:
                self._look(table)
            except Exception as error:
                logger.exception("%s was not looked at", table)
                problems.append(f"{table} was not looked at: {error!r}")
        if problems:
            raise LookError("; ".join(problems))
        return {"looked": len(tables)}

    def _look(self, table: str) -> None:
        now = self.clock()
        seen, passed, left, abandoned = self.ledger.seen(table, now), 0.0, 0, 0
        for entry in self.ledger.walk(table):
            if entry.state is State.PASSED:
                passed = max(passed, datetime.fromisoformat(entry.finished).timestamp())
            if (entry.open or entry.state is State.RUNNING) and (ended := self._ended(entry, now)):
                abandoned += entry.state is State.RUNNING
                left += self._sweep(entry, ended, now)
            if passed and entry.began < now - _LOOKED_BACK:
                break
        values = {"AgeOfNewestRestoreTest": max(0.0, now - (passed or seen)), "RestoreLeftovers": float(left)}
        if abandoned:
            values["RestoreTestsFailed"] = float(abandoned)
        self.publisher.publish(table, values)

    def _ended(self, entry: Entry, now: float) -> _Ended | None:
        try:
            found = self.machine.describe_execution(executionArn=entry.execution)
        except ClientError as error:
            if code_of(error) != _NO_EXECUTION:
                raise
            # Executions are forgotten after 90 days.
            return _Ended("gone", entry.began)
        if found["status"] in _RUNNING:
            return None
        stopped = found.get("stopDate")
        return _Ended(found["status"], stopped.timestamp() if stopped else now)

    def _sweep(self, entry: Entry, ended: _Ended, now: float) -> int:
        left = self.temporary.delete(entry)
        for name in left:
            logger.warning("%s was left behind by %s, and is deleted", name, entry.execution)
        changes: dict[str, Any] = {"open": left} if not left and now - ended.when > _LINGERS else {}
        if entry.state is State.RUNNING:
            changes |= {
                "state": State.ABANDONED,
                "finished": iso(now),
                "reasons": (*entry.reasons, f"Its execution ended without a verdict: {ended.status}."),
                "expires": int(now) + REMEMBERED,
            }
        if changes:
            self.ledger.save(replace(entry, **changes))
        return len(left)
