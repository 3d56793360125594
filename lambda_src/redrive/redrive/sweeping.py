"""A dead-letter queue of a standard queue: what came back too often is parked, SQS moves the rest."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from redrive.failures import is_denied
from redrive.letters import Letters
from redrive.model import Action, Letter, Outcome, Report, Route
from redrive.moves import MoveFailedError, Moves, StillMovingError
from redrive.ports import Entry, OvertakenError, Progress, State
from redrive.redriving import Task, judged
from redrive.rounds import Rounds
from redrive.settling import LEASE, Settler, earlier, key_of

__all__ = ["Each", "Sweep"]

logger = logging.getLogger(__name__)

Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Like the built-in ``map``, maybe by several threads."""

_LOCK: Final = "sweep"
_UNCOUNTED: Final = "what could not be counted is moved all the same"


@dataclass(kw_only=True)
class Sweep:
    """One sweep at a time, so that each message is seen by one.

    A message is counted before a task moves it, once for each task, however many sweeps see it. An event that was
    moved ``max_attempts`` times and is back is parked, and so is what a filter wants parked. A task moves what nobody
    has received, therefore the others are released before it starts.

    SQS lets 120,000 received messages of a standard queue wait at a time, and a run ends some time: the task starts
    even where not all could be counted, since a move that is not counted is better than none.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html

    Attributes:
        route: which queue, and how.
        letters: what is in it.
        settler: parks.
        rounds: counts.
        moves: SQS's tasks.
        each: does the same to many.
    """

    route: Route
    letters: Letters
    settler: Settler
    rounds: Rounds
    moves: Moves
    each: Each
    _may_go: dict[str, bool] = field(default_factory=dict)
    _held: dict[str, Letter] = field(default_factory=dict)
    _back: list[Letter] = field(default_factory=list)

    def run(self, received: Iterable[list[Letter]], report: Report, tell: Progress) -> None:
        """Sweep what is `received`, and start a task.

        Raises:
            MoveFailedError: the task before could move nothing. Another one is started all the same, since only that
                shows whether the cause is mended.
        """
        try:
            latest = self.moves.latest()
            lock = self._lock()
        except StillMovingError:
            report.stopped = "SQS is moving messages already"
            return
        except OvertakenError:
            report.stopped = "another run is at it"
            return
        try:
            self._sweep(received, latest.since, tell)
            self._move(report, tell)
        finally:
            self.letters.release([*self._held.values(), *self._back])
            if lock is not None:
                self.settler.reopen(lock, 0)
        if latest.failure and report.moving:
            raise MoveFailedError(
                f"The last task that was to move messages out of {self.moves.queue_arn} moved none: {latest.failure}. "
                "That counts as no round, and another task is started. See that this role may receive and delete here, "
                "send to the source queues and use their keys, and that these queues exist."
            )

    def _lock(self) -> Entry | None:
        """The claim on the queue; None in a dry run.

        Raises:
            OvertakenError: another run has it.
        """
        if self.route.dry_run:
            return None
        entry, now = self.settler.ledger.load(_LOCK)
        if entry is not None and entry.state is State.CLAIMED and now <= entry.leased_until:
            raise OvertakenError(_LOCK)
        claimed = Entry(key=_LOCK, state=State.CLAIMED, leased_until=now + LEASE)
        return self.settler.ledger.write(claimed, entry)

    def _sweep(self, received: Iterable[list[Letter]], since: str, tell: Progress) -> None:
        for batch in received:
            self._held |= {letter.message_id: letter for letter in batch}
            keys = {self.rounds.key(letter) for letter in batch} - set(self._may_go)
            self._may_go |= dict(self.each(lambda key: (key, self._count(key, since)), keys))
            actions = list(self.each(self._look, batch))
            # Thousands of them may be held: what releases a letter is enough.
            self._held |= {
                letter.message_id: replace(letter, body="", attributes={}, system={}) for letter in batch
            }
            for action in actions:
                if action is not None:
                    letter = self._held.pop(action.message_id)
                    if self.route.dry_run:
                        self._back.append(letter)
                    tell(action)
        if not self.route.dry_run:
            # Only now: the same event may have been in the queue more than once.
            list(self.each(self.rounds.forget, [key for key, may_go in self._may_go.items() if not may_go]))

    def _count(self, key: str, since: str) -> bool:
        """Whether the event may go round once more."""
        if self.route.dry_run:
            return self.rounds.so_far(key) < self.route.max_attempts
        return self.rounds.count(key, self.route.max_attempts, since=since)

    def _look(self, letter: Letter) -> Action | None:
        """What became of `letter`; None where it is to be moved."""
        try:
            return self._judge(letter)
        except Exception as error:
            if is_denied(error):
                raise
            # It stays hidden for a while, so that no task moves it.
            logger.exception("nothing could be done with %s", letter.message_id)
            return Action(message_id=letter.message_id, outcome=Outcome.POSTPONED, reason=repr(error))

    def _judge(self, letter: Letter) -> Action | None:
        entry, now = self.settler.ledger.load(key_of(letter))
        if entry is not None and (action := earlier(letter, entry, now)) is not None:
            ended = action.outcome is Outcome.SETTLED and not self.route.dry_run
            return self.settler.settled(letter, action) if ended else action
        verdict = judged(self.route, Task(letter=letter, failed_at=letter.sent_at), now)
        if verdict is None and self._may_go[self.rounds.key(letter)]:
            return None
        limit = self.route.max_attempts
        attempts = 0 if verdict else limit
        outcome, reason = verdict or (Outcome.PARKED, f"it was sent back {limit} times, and came back")
        action = Action(message_id=letter.message_id, outcome=outcome, reason=reason, attempts=attempts)
        if self.route.dry_run:
            return action
        return self.settler.claim_and_park(letter, entry, now, action)

    def _move(self, report: Report, tell: Progress) -> None:
        held = list(self._held.values())
        outcome, reason = Outcome.REDRIVEN, "SQS moves it back"
        if held and not self.route.dry_run:
            self._held.clear()
            self.letters.release(held)
            try:
                self.moves.start(self.route.rate_per_second)
                report.moving = len(held)
            except StillMovingError:
                outcome, reason = Outcome.SKIPPED, "another task was moving messages already"
        if held and report.stopped:
            report.stopped = f"{report.stopped}; {_UNCOUNTED}"
        for letter in held:
            tell(Action(message_id=letter.message_id, outcome=outcome, reason=reason))
