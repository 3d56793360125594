"""One letter, from the queue to its end."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from redrive.envelopes import UNKNOWN
from redrive.failures import is_denied, is_passing
from redrive.functions import Answer, Ended
from redrive.malformed import MalformedError
from redrive.model import Action, Letter, Outcome, Route
from redrive.pace import Pace
from redrive.ports import Entry, OvertakenError, State
from redrive.settling import Settler, earlier, key_of

__all__ = ["TOO_LONG", "Redriver", "Task", "Way", "judged"]

logger = logging.getLogger(__name__)

TOO_LONG: Final = "its function may run for longer than a whole run has: re-drive it by hand"
_PLANS: Final = "it would be given again"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done with one letter.

    Attributes:
        letter: the letter.
        failed_at: when its event was given up, in seconds.
        target: who gets the event, for the audit.
        error_type: what it had failed with.
        rounds: how often the event has been re-driven, where the letter's own entry can't tell.
        skip: why this route leaves it alone; empty where it does not.
    """

    letter: Letter
    failed_at: float
    target: str = ""
    error_type: str = UNKNOWN
    rounds: int | None = None
    skip: str = ""


class Way(Protocol):
    """How events go back."""

    def look(self, letter: Letter) -> Task:
        """What is to be done with `letter`.

        Raises:
            MalformedError: nobody can tell.
        """

    def needs(self, task: Task) -> float:
        """How many seconds `give` may take."""

    def give(self, task: Task) -> Answer:
        """Give the event to who could not process it."""

    def forget(self, task: Task) -> None:
        """Count from the beginning should the same event ever come again: it is parked."""


def judged(route: Route, task: Task, now: float) -> tuple[Outcome, str] | None:
    """What the filters of `route` say of `task`, and why; None where they let it pass."""
    age = max(now - task.failed_at, 0.0)  # the clocks of services differ a little
    low, high = route.minimum_age_seconds, route.maximum_age_seconds
    if task.skip:
        return Outcome.SKIPPED, task.skip
    if high is not None and age > high:
        return Outcome.PARKED, f"it failed {age:.0f} seconds ago, and {high} is the maximum"
    if task.error_type in route.except_error_types:
        return Outcome.PARKED, f"what failed with {task.error_type} is not re-driven"
    if route.error_types and task.error_type not in route.error_types:
        return Outcome.SKIPPED, f"only {', '.join(route.error_types)} is re-driven"
    if low is not None and age < low:
        return Outcome.SKIPPED, f"it failed {age:.0f} seconds ago, and {low} is the minimum"
    return None


@dataclass(frozen=True, kw_only=True)
class Redriver:
    """Takes letters to their end, each at most once at a time, whoever else is at work.

    Attributes:
        route: which letters, and how.
        settler: ends them.
        way: how events go back.
        pace: how many a second.
        has_time: whether there are so many seconds left.
        fits: whether a run has so many seconds at its beginning.
    """

    route: Route
    settler: Settler
    way: Way
    pace: Pace
    has_time: Callable[[float], bool]
    fits: Callable[[float], bool]

    def handle(self, letter: Letter) -> Action | None:
        """What became of `letter`; None where there was no time to begin with it.

        Raises:
            Exception: something is not allowed or not there, so that other letters would fare no better.
        """
        try:
            return self._handle(letter)
        except OvertakenError:
            return _action(Task(letter=letter, failed_at=0.0), Outcome.SKIPPED, "another run was faster")
        except Exception as error:
            if is_denied(error):
                raise
            logger.exception("nothing could be done with %s", letter.message_id)
            return Action(message_id=letter.message_id, outcome=Outcome.POSTPONED, reason=repr(error))

    def _handle(self, letter: Letter) -> Action | None:
        entry, now = self.settler.ledger.load(key_of(letter))
        if entry is not None and (earlier := self._earlier(letter, entry, now)) is not None:
            return earlier
        try:
            task = self.way.look(letter)
        except MalformedError as error:
            return self._park(Task(letter=letter, failed_at=letter.sent_at), entry, now, str(error))
        if (verdict := judged(self.route, task, now)) is not None:
            outcome, reason = verdict
            if outcome is Outcome.PARKED:
                return self._park(task, entry, now, reason)
            return _action(task, outcome, reason, _attempts(task, entry))
        if _attempts(task, entry) >= self.route.max_attempts:
            return self._park(task, entry, now, _used_up(task, entry))
        return self._give(task, entry, now)

    def _earlier(self, letter: Letter, entry: Entry, now: float) -> Action | None:
        """What `entry` leaves to be done with `letter`; None where it may be tried."""
        if (action := earlier(letter, entry, now)) is None:
            return None
        ended = action.outcome is Outcome.SETTLED and not self.route.dry_run
        return self.settler.settled(letter, action) if ended else action

    def _give(self, task: Task, entry: Entry | None, now: float) -> Action | None:
        before, seconds = entry.attempts if entry else 0, self.way.needs(task)
        if not self.fits(seconds):
            return _action(task, Outcome.POSTPONED, TOO_LONG, _attempts(task, entry))
        if self.route.dry_run:
            return _action(task, Outcome.REDRIVEN, _PLANS, _attempts(task, entry))
        if not self.has_time(seconds):
            return None
        self.pace.wait()
        if not self.has_time(seconds):
            return None
        # The attempt counts from here: a run that dies in the middle of it leaves it counted.
        claimed = self.settler.claim(task.letter, entry, now, before + 1)
        try:
            answer = self.way.give(task)
        except Exception as error:
            if is_denied(error):
                self.settler.reopen(claimed, before)
                raise
            answer = Answer(Ended.PASSING if is_passing(error) else Ended.FAILED, repr(error))
        return self._ended(task, claimed, answer)

    def _ended(self, task: Task, claimed: Entry, answer: Answer) -> Action:
        attempts = claimed.attempts if task.rounds is None else task.rounds + 1
        match answer.ended:
            case Ended.DONE:
                action = _action(task, Outcome.REDRIVEN, answer.reason, attempts)
                return self.settler.done(task.letter, claimed, action)
            case Ended.PASSING:
                action = _action(task, Outcome.POSTPONED, answer.reason, attempts - 1)
                self.settler.reopen(claimed, claimed.attempts - 1, action)
            case Ended.UNANSWERED:
                action = _action(task, Outcome.FAILED, answer.reason, attempts)
                self.settler.keep(claimed, action)
            case Ended.FAILED if attempts < self.route.max_attempts:
                action = _action(task, Outcome.FAILED, answer.reason, attempts)
                self.settler.reopen(claimed, claimed.attempts, action)
            case Ended.REFUSED:
                return self._park_claimed(task, claimed, answer.reason, attempts - 1)
            case _:
                reason = f"it failed {attempts} times: {answer.reason}"
                return self._park_claimed(task, claimed, reason, attempts)
        return action

    def _park_claimed(self, task: Task, claimed: Entry, reason: str, attempts: int) -> Action:
        action = _action(task, Outcome.PARKED, reason, attempts)
        parked = self.settler.park(task.letter, claimed, action)
        self.way.forget(task)
        return parked

    def _park(self, task: Task, entry: Entry | None, now: float, reason: str) -> Action:
        action = _action(task, Outcome.PARKED, reason, _attempts(task, entry))
        if self.route.dry_run:
            return action
        parked = self.settler.claim_and_park(task.letter, entry, now, action)
        self.way.forget(task)
        return parked


def _attempts(task: Task, entry: Entry | None) -> int:
    if task.rounds is not None:
        return task.rounds
    return entry.attempts if entry else 0


def _used_up(task: Task, entry: Entry | None) -> str:
    attempts = _attempts(task, entry)
    if entry is not None and entry.state is State.CLAIMED:
        return f"it was re-driven {attempts} times, and how the last one ended is not known"
    return f"it was re-driven {attempts} times, and came back"


def _action(task: Task, outcome: Outcome, reason: str = "", attempts: int = 0) -> Action:
    return Action(
        message_id=task.letter.message_id,
        outcome=outcome,
        reason=reason,
        error_type=task.error_type,
        attempts=attempts,
        function=task.target,
    )
