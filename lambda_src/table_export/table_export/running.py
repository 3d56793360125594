"""What an invocation does: it notes what a schedule asks for, and takes a step of each table."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from table_export.advancing import Advancer, Step
from table_export.ledger import Ledger, OvertakenError
from table_export.metrics import Publisher
from table_export.model import Kind, Settings
from table_export.planning import asked

__all__ = ["FailedError", "Run"]

logger = logging.getLogger(__name__)

_FUTURE: Final = 900.0
_TRIES: Final = 10


class FailedError(Exception):
    """What a schedule asks for was not noted for some tables; for the others it was."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """An invocation.

    Attributes:
        settings: how tables are exported.
        ledger: remembers.
        advancer: takes steps.
        publisher: publishes.
        threads: how many tables at a time.
        clock: the time for metrics, in seconds.
    """

    settings: Settings
    ledger: Ledger
    advancer: Advancer
    publisher: Publisher
    threads: int
    clock: Callable[[], float]

    def ask(self, tables: Sequence[str], kind: Kind, moment: int) -> dict[str, Any]:
        """Note that an export of `tables` for `moment` is due, then look at them.

        Whatever fails after that is found again by the next look.

        Raises:
            FailedError: names the tables for which it was not noted.
        """

        def note(table: str) -> str:
            try:
                self._note(table, kind, moment)
            except Exception as error:
                logger.exception("%s: it was not noted that an export is due", table)
                return f"{table}: {error!r}"
            return ""

        with ThreadPoolExecutor(self.threads) as pool:
            failed = [problem for problem in pool.map(note, tables) if problem]
        looked = self.look(tables)
        if failed:
            raise FailedError("; ".join(failed))
        return looked

    def look(self, tables: Sequence[str]) -> dict[str, Any]:
        """Take a step of each of `tables`, and publish how old what is exported has become."""
        with ThreadPoolExecutor(self.threads) as pool:
            steps = list(pool.map(self._step, tables))
        return {"looked": sum(steps), "tables": len(tables)}

    def _note(self, table: str, kind: Kind, moment: int) -> None:
        for _ in range(_TRIES):
            state, now = self.ledger.load(table)
            if moment > now + _FUTURE:
                raise ValueError(f"the scheduled time {moment} lies in the future")
            new = asked(state, kind, moment, self.settings)
            if new == state:
                return
            try:
                self.ledger.save(new)
            except OvertakenError:
                continue
            return
        raise OvertakenError(table)

    def _step(self, table: str) -> bool:
        try:
            step = self.advancer.advance(table)
        except Exception:
            logger.exception("%s was not looked at", table)
            self.publisher.publish(table, {"ExportsFailed": 1}, self.clock())
            return False
        self._publish(table, step)
        return True

    def _publish(self, table: str, step: Step) -> None:
        for problem in step.problems:
            logger.error("%s: %s", table, problem)
        for problem in step.passing:
            logger.warning("%s: %s; the next look tries again", table, problem)
        now = self.clock()
        age = max(0.0, step.now - (step.state.reached or step.state.seen))
        figures = {
            "AgeOfExportedData": age,
            "ExportsFailed": len(step.problems),
            "ChainsBroken": step.broken,
        }
        self.publisher.publish(table, figures, now)
        for link, described in step.done:
            logger.info("%s: %s stands in %s", table, link.export, link.key)
            figures = {
                "ExportDuration": described.seconds,
                "ExportedItems": link.items,
                "ExportedBytes": link.billed,
            }
            self.publisher.publish(table, figures, now)
