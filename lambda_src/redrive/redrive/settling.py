"""What becomes of a letter in the end, written down so that a crash in between loses nothing."""

import logging
from dataclasses import dataclass, replace
from typing import Final

from redrive.failures import is_denied
from redrive.letters import Letters
from redrive.model import Action, Letter, Outcome
from redrive.ports import Entry, LedgerPort, OvertakenError, ParkingPort, State

__all__ = ["LEASE", "Settler", "earlier", "key_of"]

logger = logging.getLogger(__name__)

LEASE: Final = 1_020.0
"""Seconds for which no other run touches a claimed letter: a function may run for 900, and a run waits for its turn.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


def key_of(letter: Letter) -> str:
    """The key under which the ledger knows `letter`."""
    return f"letter#{letter.message_id}"


def earlier(letter: Letter, entry: Entry, now: float) -> Action | None:
    """What an earlier run, or another one at work, did with `letter`; None where it may be tried."""
    if entry.state in (State.DONE, State.PARKED):
        outcome, reason = Outcome.SETTLED, f"an earlier run had ended it ({entry.state})"
    elif entry.state is State.CLAIMED and now <= entry.leased_until:
        outcome, reason = Outcome.SKIPPED, "another run is at it"
    else:
        return None
    return Action(message_id=letter.message_id, outcome=outcome, reason=reason, attempts=entry.attempts)


@dataclass(frozen=True, kw_only=True)
class Settler:
    """Ends letters: claim first, then the effect, then the record, then the deletion.

    A crash after the claim leaves the letter until the lease ends. A crash after the effect and before the record has
    the effect a second time then: at least once, never less. Once it is recorded, what is left is to delete it.

    Attributes:
        ledger: remembers.
        parking: where letters go that stay dead.
        letters: the dead-letter queue.
    """

    ledger: LedgerPort
    parking: ParkingPort
    letters: Letters

    def claim(self, letter: Letter, before: Entry | None, now: float, attempts: int) -> Entry:
        """Keep other runs from `letter`.

        Raises:
            OvertakenError: another run was faster.
        """
        claimed = Entry(key=key_of(letter), state=State.CLAIMED, attempts=attempts, leased_until=now + LEASE)
        return self.ledger.write(claimed, before)

    def reopen(self, claimed: Entry, attempts: int, action: Action | None = None) -> None:
        """Let the next run try it again, with `attempts` counted so far."""
        entry = replace(claimed, state=State.OPEN, attempts=attempts, leased_until=0.0)
        self._record(entry, claimed, action)

    def keep(self, claimed: Entry, action: Action) -> None:
        """Leave it claimed until the lease ends, since it may still be at work."""
        self._record(claimed, claimed, action)

    def done(self, letter: Letter, claimed: Entry, action: Action) -> Action:
        """Delete `letter`, which is done."""
        self._end(letter, claimed, State.DONE, action)
        return action

    def park(self, letter: Letter, claimed: Entry, action: Action) -> Action:
        """Send `letter` to the parking queue, and delete it.

        Raises:
            Exception: the parking queue does not take it; it may be tried again.
        """
        try:
            self.parking.park(
                letter, reason=action.reason, attempts=action.attempts, error_type=action.error_type
            )
        except Exception:
            self.reopen(claimed, claimed.attempts)
            raise
        self._end(letter, claimed, State.PARKED, action)
        return action

    def claim_and_park(self, letter: Letter, before: Entry | None, now: float, action: Action) -> Action:
        """Park `letter`, which nobody has claimed.

        Raises:
            OvertakenError: another run was faster.
            Exception: the parking queue does not take it.
        """
        claimed = self.claim(letter, before, now, before.attempts if before else 0)
        return self.park(letter, claimed, action)

    def settled(self, letter: Letter, action: Action) -> Action:
        """Delete `letter`, which an earlier run has ended."""
        self._delete(letter)
        return action

    def _end(self, letter: Letter, claimed: Entry, state: State, action: Action) -> None:
        # The effect is there, so that the letter goes even where nothing can be written down.
        try:
            self._record(replace(claimed, state=state, leased_until=0.0), claimed, action)
        finally:
            self._delete(letter)

    def _record(self, entry: Entry, claimed: Entry, action: Action | None) -> None:
        try:
            self.ledger.write(entry, claimed, action)
        except OvertakenError:
            logger.warning("the lease of %s had ended, and another run took over", entry.key)
        except Exception as error:
            if is_denied(error):
                raise
            logger.exception("what became of %s is not written down", entry.key)

    def _delete(self, letter: Letter) -> None:
        try:
            self.letters.delete(letter)
        except Exception as error:
            if is_denied(error):
                raise
            logger.exception("%s is not deleted, the next run does it", letter.message_id)
