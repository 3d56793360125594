"""What there is of a table's backups, and what of it is deleted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from table_backup.backups import Backups, Failure, MissingError, failure_of
from table_backup.ledger import Ledger
from table_backup.making import LaterError
from table_backup.model import Entry, Settings, State
from table_backup.retention import sift

__all__ = ["Keeper", "Kept"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What there is of one table.

    Attributes:
        newest: the newest backup that can be restored from.
        count: how many backups there are.
        problem: what keeps others from being deleted; empty for nothing.
    """

    newest: Entry | None
    count: int
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Looks after the backups that stand in the ledger, and no others.

    Entries are read a page at a time, and none is held on to but the newest: it takes no more memory for more backups.

    Attributes:
        settings: how tables are backed up.
        ledger: remembers.
        backups: DynamoDB's.
        remaining: seconds until the invocation has to end.
    """

    settings: Settings
    ledger: Ledger
    backups: Backups
    remaining: Callable[[], float]

    def verify(self, entry: Entry, now: float) -> Entry:
        """`entry` as DynamoDB says that it is."""
        try:
            found = self.backups.describe(entry.arn)
        except MissingError:
            logger.warning("%s is not there any more", entry.arn)
            return self.ledger.change(entry, now, state=State.DELETED)
        seen = replace(entry, state=State.GOOD, size=found.size) if found.available else entry
        return entry if seen == entry else self.ledger.change(entry, now, state=seen.state, size=seen.size)

    def settle(self, entry: Entry, now: float) -> Entry:
        """A new `entry`, once it can be restored from.

        Raises:
            LaterError: it cannot be yet.
        """
        if entry.state is not State.MADE:
            return entry
        try:
            found = self.backups.describe(entry.arn)
        except MissingError as error:
            raise LaterError("it is not described yet") from error
        if not found.available:
            raise LaterError("it is being made")
        return self.ledger.change(entry, now, state=State.GOOD, size=found.size)

    def look(self, table: str, now: float) -> Kept:
        """What there is, the newest one verified."""
        while True:
            newest, count = self._survey(table, now)
            if newest is None:
                return Kept(newest=None, count=count)
            verified = self.verify(newest, now)
            if verified.state is State.GOOD:
                return Kept(newest=verified, count=count)

    def prune(self, table: str, now: float) -> Kept:
        """Delete what the policy does not keep."""
        kept = self.look(table, now)
        if kept.newest is None:
            return kept
        deleted = 0
        problem = ""
        # What cannot be restored from is kept, and takes nobody's place.
        good = ((entry.due, entry) for entry in self.ledger.walk(table) if entry.state is State.GOOD)
        for entry, keep in sift(self.settings.retention, good, datetime.fromtimestamp(now, UTC)):
            if keep or entry.arn == kept.newest.arn:
                continue
            if self.remaining() <= 0:
                logger.warning("%s: there is no time to delete more; the next run goes on", table)
                break
            try:
                self._delete(entry, now)
            except Exception as error:
                if failure_of(error) is not Failure.FINAL:
                    logger.warning("%s was not deleted: %r; the next run tries again", entry.arn, error)
                    continue
                problem = f"{entry.arn} was not deleted: {error!r}"
                logger.exception("%s was not deleted", entry.arn)
                break
            deleted += 1
        return replace(kept, count=kept.count - deleted, problem=problem)

    def _survey(self, table: str, now: float) -> tuple[Entry | None, int]:
        newest: Entry | None = None
        count = 0
        for found in self.ledger.walk(table):
            entry = self.verify(found, now) if found.state is State.MADE else found
            if entry.state is State.DELETED:
                continue
            count += 1
            if entry.state is State.GOOD and (newest is None or entry.created > newest.created):
                newest = entry
        return newest, count

    def _delete(self, entry: Entry, now: float) -> None:
        try:
            found = self.backups.describe(entry.arn)
            if not found.own or found.name != entry.name or found.table != entry.table:
                raise LookupError(f"it is {found}, and not what was made")
            self.backups.delete(entry.arn)
        except MissingError:
            pass
        self.ledger.change(entry, now, state=State.DELETED)
