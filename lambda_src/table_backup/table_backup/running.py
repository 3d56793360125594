"""One run of the schedule, and one look at what there is."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from table_backup.keeping import Keeper, Kept
from table_backup.ledger import Ledger
from table_backup.making import Maker
from table_backup.metrics import Publisher
from table_backup.model import Entry
from table_backup.rounds import Rounds

__all__ = ["FailedError", "Run"]

logger = logging.getLogger(__name__)

_PATIENCE: Final = 240.0
"""Seconds of pauses for tables whose backup is refused for now."""
_SETTLING: Final = 60.0
"""Seconds of pauses until backups are available; others are looked at again by the next look."""
_TRIES: Final = 10.0


class FailedError(Exception):
    """Something was not done; everything else was."""


@dataclass(frozen=True)
class _Found:
    """What there is of one table.

    Attributes:
        kept: its backups.
        seen: since when it has been looked at.
        now: when it was looked at now.
    """

    kept: Kept
    seen: float
    now: float

    @property
    def figures(self) -> dict[str, float]:
        """The metrics of it. What was never backed up is as old as it has been looked at."""
        newest = self.kept.newest
        age = max(0.0, self.now - (newest.created if newest else self.seen))
        sizes = {"BackupSizeBytes": newest.size} if newest else {}
        return {"AgeOfNewestBackup": age, "BackupCount": self.kept.count, **sizes}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What an invocation does.

    Attributes:
        ledger: remembers.
        maker: makes backups.
        keeper: looks after them.
        publisher: publishes.
        rounds: works on many tables at once.
        elapsed: seconds since any fixed moment.
        clock: the time for metrics, in seconds.
    """

    ledger: Ledger
    maker: Maker
    keeper: Keeper
    publisher: Publisher
    rounds: Rounds
    elapsed: Callable[[], float]
    clock: Callable[[], float]

    def back_up(self, tables: Sequence[str], scheduled: str) -> dict[str, Any]:
        """Back `tables` up for `scheduled`, then delete what need not be kept.

        Raises:
            FailedError: names the tables that were not backed up, or whose backups could not be deleted.
        """
        began = self.elapsed()
        made = self.rounds.of(tables, lambda table: self.maker.make(table, scheduled), patience=_PATIENCE)
        failed = made.failed | made.later
        # What an earlier invocation made is not measured again.
        own = {table: each for table, each in made.done.items() if each and each.claim == self.maker.me}
        settled = self._settle(own)
        pruned = self.rounds.of(list(made.done), self._prune, patience=_TRIES)
        now = self.clock()
        for table in failed:
            self.publisher.publish(table, {"BackupsFailed": 1}, now)
        for table in made.done:
            took = {"BackupDuration": settled[table] - began} if table in settled else {}
            found = pruned.done.get(table)
            self.publisher.publish(
                table, {"BackupsFailed": 0, **took, **(found.figures if found else {})}, now
            )
        unpruned = pruned.failed | pruned.later
        unpruned |= {table: found.kept.problem for table, found in pruned.done.items() if found.kept.problem}
        if failed or unpruned:
            problems = [f"{table} was not backed up: {why}" for table, why in failed.items()]
            problems += [f"{table} keeps backups that are over: {why}" for table, why in unpruned.items()]
            raise FailedError("; ".join(problems))
        return {"made": len(own), "tables": len(made.done)}

    def look(self, tables: Sequence[str]) -> dict[str, Any]:
        """Publish what there is of `tables`, without making or deleting anything.

        What fails is logged: an age that is not published makes the alarm ring.
        """
        looked = self.rounds.of(tables, self._look, patience=_TRIES)
        for table, problem in (looked.failed | looked.later).items():
            logger.error("%s was not looked at: %s", table, problem)
        now = self.clock()
        for table, found in looked.done.items():
            self.publisher.publish(table, found.figures, now)
        return {"looked": len(looked.done)}

    def _settle(self, entries: Mapping[str, Entry]) -> dict[str, float]:
        """When each was seen to be available."""

        def settle(table: str) -> float:
            self.keeper.settle(entries[table], entries[table].created)
            return self.elapsed()

        settled = self.rounds.of(list(entries), settle, patience=_SETTLING)
        for table, problem in (settled.failed | settled.later).items():
            logger.warning("%s: the backup is not known to be available: %s", table, problem)
        return settled.done

    def _prune(self, table: str) -> _Found:
        seen, now = self.ledger.seen(table)
        return _Found(self.keeper.prune(table, now), seen, now)

    def _look(self, table: str) -> _Found:
        seen, now = self.ledger.seen(table)
        return _Found(self.keeper.look(table, now), seen, now)
