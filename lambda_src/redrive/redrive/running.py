"""One run: what is in a dead-letter queue goes back to what could not process it."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from redrive.functions import Functions
from redrive.letters import LONGEST, Letters
from redrive.model import Action, Letter, Outcome, Report, Route, WrittenBy
from redrive.moves import Moves
from redrive.pace import Pace
from redrive.ports import Clients, Clock, LedgerPort, ParkingPort, Progress
from redrive.redriving import TOO_LONG, Redriver, Way
from redrive.rounds import Rounds
from redrive.settling import Settler
from redrive.streams import Streams
from redrive.sweeping import Each, Sweep
from redrive.to_function import ToFunction
from redrive.to_queue import Sources, ToQueue

__all__ = ["run"]

logger = logging.getLogger(__name__)

_ENOUGH: Final = 10.0
"""Seconds that must be left for one more batch to be received, and that a run may take to receive the first one."""
_RELEASE: Final = 0.005
"""Seconds for each letter that was received: it may have to be released at the end, ten at a time."""
_NO_TIME: Final = "the time was over"
_OUT_OF_REACH: Final = "what should take the events is throttled or out of reach"
_GONE: Final = (Outcome.REDRIVEN, Outcome.PARKED, Outcome.SETTLED)


def _nobody(_action: Action) -> None:
    """Tell nobody."""


def run(
    route: Route,
    *,
    clients: Clients,
    ledger: LedgerPort,
    parking: ParkingPort,
    clock: Clock,
    deadline: Callable[[], float],
    progress: Progress = _nobody,
    threads: int = 10,
) -> Report:
    """Re-drive what `route` selects, until the queue has been seen or the time is over.

    Several runs may be at one queue at a time: each event is claimed by one of them. A run that stops or dies leaves
    the rest to the next one.

    Args:
        route: which queue, and how.
        clients: boto3's clients.
        ledger: remembers, for the queue of the route.
        parking: where letters go that stay dead.
        clock: the time, and how to wait.
        deadline: how many seconds are left to work; no letter is begun without time to finish it.
        progress: told of every letter, and of what would become of it in a dry run. Left out: nobody is.
        threads: how many letters at a time. In a FIFO queue it is one, whatever is given.

    Raises:
        MoveFailedError: SQS's last task could move nothing; another one is started.
        Exception: what kept it from doing anything at all, e.g. no access to the queue. What goes wrong with one
            letter never raises.
    """
    at_once = 1 if route.fifo else threads
    with ThreadPoolExecutor(at_once) as pool:
        # One thread is this one: what comes of a letter is known before the next one is begun.
        each: Each = map if at_once == 1 else pool.map
        at_work = _Run(
            route=route,
            clients=clients,
            settler=Settler(ledger=ledger, parking=parking, letters=Letters(clients.sqs, route.queue_url)),
            clock=clock,
            deadline=deadline,
            progress=progress,
            each=each,
            budget=deadline(),
            report=Report(queue=route.queue_name, dry_run=route.dry_run),
        )
        return at_work.run()


@dataclass(kw_only=True)
class _Run:
    route: Route
    clients: Clients
    settler: Settler
    clock: Clock
    deadline: Callable[[], float]
    progress: Progress
    each: Each
    budget: float
    report: Report
    _seen: set[str] = field(default_factory=set)
    _blocked: set[str] = field(default_factory=set)

    def run(self) -> Report:
        route, letters = self.route, self.settler.letters
        if route.written_by is WrittenBy.QUEUE and not route.fifo and route.minimum_age_seconds is None:
            sweep = Sweep(
                route=route,
                letters=letters,
                settler=self.settler,
                rounds=Rounds(ledger=self.settler.ledger),
                moves=Moves(client=self.clients.sqs, queue_arn=route.queue_arn),
                each=self.each,
            )
            sweep.run(self._received(), self.report, self._tell)
        else:
            self._one_by_one()
        self.report.remaining = letters.count()
        return self.report

    def _one_by_one(self) -> None:
        redriver = Redriver(
            route=self.route,
            settler=self.settler,
            way=self._way(),
            pace=Pace(self.route.rate_per_second, elapsed=self.clock.now, sleep=self.clock.sleep),
            has_time=self._has_time,
            fits=lambda seconds: seconds <= self.budget - _ENOUGH,
        )
        left: dict[str, Letter] = {}
        try:
            for batch in self._received():
                left |= {letter.message_id: letter for letter in batch}
                actions = []
                for letter, action in zip(batch, self.each(self._handling(redriver), batch), strict=True):
                    if action is None:
                        self.report.stopped = _NO_TIME
                        continue
                    if action.outcome in _GONE and not self.route.dry_run:
                        del left[letter.message_id]
                    self._tell(action)
                    actions.append(action)
                if actions and all(_is_out_of_reach(each) for each in actions):
                    self.report.stopped = _OUT_OF_REACH
                if self.report.stopped:
                    break
        finally:
            self.settler.letters.release(list(left.values()))

    def _handling(self, redriver: Redriver) -> Callable[[Letter], Action | None]:
        """What is done with each letter; in a FIFO queue none overtakes an earlier one of its group."""
        if not self.route.fifo:
            return redriver.handle

        def handle(letter: Letter) -> Action | None:
            group = letter.system.get("MessageGroupId", "")
            if group in self._blocked:
                reason = "an earlier message of its group stays"
                return Action(message_id=letter.message_id, outcome=Outcome.SKIPPED, reason=reason)
            action = redriver.handle(letter)
            if action is None or action.outcome not in _GONE:
                self._blocked.add(group)
            return action

        return handle

    def _way(self) -> Way:
        if self.route.written_by is WrittenBy.QUEUE:
            sources = Sources(self.clients.sqs, self.route.queue_url)
            sources.all()
            return ToQueue(route=self.route, sources=sources, rounds=Rounds(ledger=self.settler.ledger))
        return ToFunction(
            route=self.route,
            functions=Functions(self.clients.functions),
            streams=Streams(clients=self.clients, sleep=self.clock.sleep),
        )

    def _received(self) -> Iterator[list[Letter]]:
        """All letters of the queue, a batch at a time, each of them once."""
        while True:
            # Half of what there was is enough for a run that has little time, or thousands of letters.
            if not self._has_time(min(_ENOUGH + _RELEASE * len(self._seen), self.budget / 2)):
                self.report.stopped = _NO_TIME
                return
            batch = self.settler.letters.receive(min(self.deadline() + 60, LONGEST))
            new = [letter for letter in batch if letter.message_id not in self._seen]
            if not new:
                return
            self._seen |= {letter.message_id for letter in new}
            yield new

    def _has_time(self, seconds: float) -> bool:
        """Whether so many seconds are left; never where there were none from the beginning."""
        return self.deadline() >= seconds > 0

    def _tell(self, action: Action) -> None:
        self.report.add(action)
        said = {
            "queue": self.route.queue_name,
            "letter": action.message_id,
            "outcome": action.outcome,
            "reason": action.reason,
            "error_type": action.error_type,
            "attempts": action.attempts,
            "function": action.function,
            "started_by": self.route.started_by,
            "dry_run": self.route.dry_run,
        }
        logger.info(json.dumps(said))
        self.progress(action)


def _is_out_of_reach(action: Action) -> bool:
    return action.outcome is Outcome.POSTPONED and action.reason != TOO_LONG
