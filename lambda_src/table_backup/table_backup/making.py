"""One backup of one table for one scheduled time, whatever fails, and never two."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from table_backup.backups import Backup, Backups, Failure, MissingError, failure_of
from table_backup.ledger import Ledger, OvertakenError
from table_backup.model import DAY, Entry, Settings, State

__all__ = ["CALL", "LEASE", "LaterError", "Maker"]

logger = logging.getLogger(__name__)

CALL: Final = 20.0
"""Seconds after which a call to make a backup has ended, one way or the other."""
LEASE: Final = 90.0
"""Seconds for which nobody else makes it; it leaves time for DynamoDB to list what such a call has made."""
_SETTLE: Final = 30.0
"""Seconds after a call without an answer in which DynamoDB may not list yet what it has made."""
_CLOCKS: Final = 120.0
"""Seconds by which the clocks of DynamoDB's parts may differ, with room to spare."""
_FUTURE: Final = 900.0


class LaterError(Exception):
    """It may succeed later."""


@dataclass
class Maker:
    """Makes backups for one invocation; what it learns of its own calls it keeps to itself.

    First it claims table and time by a conditional write, with a name that no other backup has. Then it makes the
    backup, and writes its ARN down. An invocation that ends in between leaves a claim: once that has run out, the next
    one looks for a backup of that name before it makes one.

    Attributes:
        settings: how tables are backed up.
        ledger: remembers.
        backups: DynamoDB's.
        me: this invocation.
        elapsed: seconds since any fixed moment.
    """

    settings: Settings
    ledger: Ledger
    backups: Backups
    me: str
    elapsed: Callable[[], float]
    _made: dict[str, Backup] = field(default_factory=dict)
    _unanswered: dict[str, float] = field(default_factory=dict)
    _inherited: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, table: str, scheduled: str) -> Entry | None:
        """The entry of the one backup; None where it is too late to make one.

        Raises:
            LaterError: it may succeed later.
        """
        self.backups.wait_to_create()
        began = self.elapsed()
        entry, now = self.ledger.load(table, scheduled)
        if entry is not None and entry.state is not State.CLAIMED:
            return self._settled(entry)
        if entry is not None and entry.claim != self.me and now <= entry.leased_until:
            raise LaterError("another invocation is at it")
        if entry is None and not self._is_worth_it(table, scheduled, now):
            return None
        if entry is not None and entry.claim != self.me:
            with self._lock:
                self._inherited.add(table)
        claimed = self._claim(table, scheduled, entry, now)
        made = self._made.get(table) or self._left_behind(entry, claimed)
        if made is None:
            if self.elapsed() - began > LEASE - CALL - _SETTLE:
                raise LaterError("the claim may run out while the backup is made")
            made = self._create(claimed)
        with self._lock:
            self._made[table] = made
        return self._record(claimed, made)

    def _is_worth_it(self, table: str, scheduled: str, now: float) -> bool:
        due = datetime.fromisoformat(scheduled).timestamp()
        if due > now + _FUTURE:
            raise ValueError(f"The scheduled time {scheduled} lies in the future.")
        if now - due <= DAY:
            return True
        newer = next(self.ledger.walk(table, after=scheduled), None)
        if newer is not None:
            logger.warning("%s: %s is long over, and %s is newer", table, scheduled, newer.arn)
        return newer is None

    def _claim(self, table: str, scheduled: str, before: Entry | None, now: float) -> Entry:
        if before is None:
            name = f"{self.settings.prefix}-{_compact(scheduled)}-{uuid4().hex[:12]}"
            claimed = Entry(
                table=table,
                scheduled=scheduled,
                state=State.CLAIMED,
                name=name,
                claim=self.me,
                claimed_at=now,
                leased_until=now + LEASE,
            )
        else:
            claimed = replace(before, claim=self.me, leased_until=now + LEASE)
        try:
            self.ledger.claim(claimed, before)
        except OvertakenError as error:
            raise LaterError("another invocation was faster") from error
        return claimed

    def _left_behind(self, before: Entry | None, claimed: Entry) -> Backup | None:
        """What an earlier call may have made without anybody being told."""
        if before is None:
            return None
        asked = self._unanswered.get(claimed.table)
        if claimed.table not in self._inherited and asked is None:
            return None  # all that was tried is known to have been refused
        found = self.backups.find(claimed.table, claimed.name, since=claimed.claimed_at - _CLOCKS)
        if found is None and asked is not None and self.elapsed() - asked < _SETTLE:
            raise LaterError("there was no answer, and it is not listed yet")
        with self._lock:
            self._inherited.discard(claimed.table)
        return found

    def _create(self, claimed: Entry) -> Backup:
        with self._lock:
            self._unanswered.pop(claimed.table, None)
        try:
            return self.backups.create(claimed.table, claimed.name)
        except Exception as error:
            failure = failure_of(error)
            if failure is Failure.UNKNOWN:
                with self._lock:
                    self._unanswered[claimed.table] = self.elapsed()
            if failure is Failure.FINAL:
                raise
            raise LaterError(repr(error)) from error

    def _record(self, claimed: Entry, made: Backup) -> Entry:
        state = State.GOOD if made.available else State.MADE
        entry = replace(claimed, state=state, arn=made.arn, created=made.created, size=made.size)
        try:
            self.ledger.record(entry)
        except OvertakenError as error:
            raise LaterError("another invocation took over") from error
        return entry

    def _settled(self, entry: Entry) -> Entry:
        """`entry`, once there is no second backup of this invocation's own."""
        made = self._made.get(entry.table)
        if made is not None and made.arn != entry.arn:
            logger.warning("%s is a second one beside %s, and is deleted", made.arn, entry.arn)
            try:
                self.backups.delete(made.arn)
            except MissingError:
                pass
            except Exception as error:
                if failure_of(error) is Failure.FINAL:
                    raise
                raise LaterError(repr(error)) from error
            with self._lock:
                del self._made[entry.table]
        return entry


def _compact(scheduled: str) -> str:
    return datetime.fromisoformat(scheduled).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
