"""Events that go back to the function that could not process them."""

from dataclasses import dataclass
from typing import Final

from redrive.envelopes import Opened, opened
from redrive.functions import LARGEST, Answer, Ended, Functions
from redrive.malformed import MalformedError, RecordsGoneError
from redrive.model import Letter, Route, unqualified
from redrive.redriving import Task
from redrive.streams import Streams

__all__ = ["ToFunction"]

_AROUND: Final = 5.0
"""Seconds for what is done before and after an invocation."""


@dataclass(frozen=True, kw_only=True)
class ToFunction:
    """Invokes the original function with the original event, and waits for what it says.

    The function is the one of the route where the letter names the same one: that is the alias which traffic uses, and
    which may be invoked. A letter for another function is left to that one's route.

    Attributes:
        route: which function.
        functions: functions.
        streams: where records are read again.
    """

    route: Route
    functions: Functions
    streams: Streams

    def look(self, letter: Letter) -> Task:
        """What is to be done with `letter`.

        Raises:
            MalformedError: it can't be understood, or nobody says which function it was for.
        """
        found = opened(letter, self.route.written_by)
        named, own = found.function, self.route.function
        if not named and own is None:
            raise MalformedError("neither the letter nor the route says which function it was for")
        others = bool(named) and own is not None and unqualified(named) != unqualified(own)
        return Task(
            letter=letter,
            failed_at=found.failed_at,
            target=own if own is not None and not others else named,
            error_type=found.error_type,
            skip=f"it is for {named}, to which this route gives nothing" if others else "",
        )

    def needs(self, task: Task) -> float:
        """How many seconds the function may run, and what is around it."""
        return self.functions.timeout(task.target) + _AROUND

    def give(self, task: Task) -> Answer:
        """Invoke the function."""
        try:
            payload = self._payload(opened(task.letter, self.route.written_by), task.target)
        except RecordsGoneError as error:
            return Answer(Ended.REFUSED, str(error))
        if len(payload) > LARGEST:
            reason = f"the event has {len(payload)} bytes, and a synchronous invocation takes {LARGEST}"
            return Answer(Ended.REFUSED, reason)
        return self.functions.invoke(task.target, payload)

    def forget(self, task: Task) -> None:
        """Nothing: each letter is counted by itself."""

    def _payload(self, event: Opened, function: str) -> bytes:
        if event.batch is None:
            return event.payload or b""
        return self.streams.event(event.batch, self.functions.role(function))
