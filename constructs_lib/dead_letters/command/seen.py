"""What lies in a queue, as somebody sees it who looks and puts it back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from redrive.envelopes import UNKNOWN, opened
from redrive.letters import Letters
from redrive.malformed import MalformedError
from redrive.model import Letter, WrittenBy
from redrive.parking import DETAIL

from constructs_lib.dead_letters.command.queues import Known, queue_name

__all__ = ["MALFORMED", "Looking", "Seen", "parked_detail", "see"]

MALFORMED: Final = "malformed"
_HIDDEN: Final = 120
"""Seconds for which others do not see what is looked at, if the command dies before it puts it back."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One message, and what it says.

    Attributes:
        letter: the message.
        error_type: what the event failed with; `MALFORMED` where nobody can tell.
        message: in words.
        function: the function or qualifier it was for, or the queue that a parked message comes from; empty where it
            does not say.
        failed_at: when it was given up, in seconds.
        event: what the function was given; empty where the message only says where it is, or says nothing.
        attempts: how often it was re-driven; None unless it is parked.
    """

    letter: Letter
    error_type: str
    message: str
    function: str
    failed_at: float
    event: str = ""
    attempts: int | None = None

    def to_json(self, now: float) -> dict[str, Any]:
        """For the document of ``--json``."""
        return {
            "message_id": self.letter.message_id,
            "error_type": self.error_type,
            "error_message": self.message,
            "function": self.function or None,
            "age_seconds": round(now - self.failed_at),
            "attempts": self.attempts,
            "body": self.letter.body,
        }


def see(letter: Letter, known: Known) -> Seen:
    """What `letter`, of the queue `known`, says."""
    return _see_parked(letter) if known.is_parking else _see_dead(letter, known.written_by)


def _see_dead(letter: Letter, written_by: WrittenBy) -> Seen:
    try:
        said = opened(letter, written_by)
    except MalformedError as error:
        return Seen(
            letter=letter,
            error_type=MALFORMED,
            message=str(error),
            function="",
            failed_at=letter.sent_at,
        )
    return Seen(
        letter=letter,
        error_type=said.error_type,
        message=said.error_message,
        function=said.function,
        failed_at=said.failed_at,
        event=(said.payload or b"").decode(errors="replace"),
    )


def _see_parked(letter: Letter) -> Seen:
    detail = parked_detail(letter)
    return Seen(
        letter=letter,
        error_type=str(detail.get("error_type", UNKNOWN)),
        message=str(detail.get("reason", "")),
        function=queue_name(str(detail.get("origin", ""))),
        failed_at=letter.sent_at,
        event=_event(letter),
        attempts=detail.get("attempts"),
    )


def _event(letter: Letter) -> str:
    """What the function was given, where the parked letter is a record of an on-failure destination."""
    try:
        return (opened(letter, WrittenBy.ASYNCHRONOUS).payload or b"").decode(errors="replace")
    except MalformedError:
        return ""


def parked_detail(letter: Letter) -> Mapping[str, Any]:
    """What the parking queue was told of a message; empty where it was too large to be told anything."""
    try:
        detail = json.loads(letter.text(DETAIL) or "{}")
    except ValueError:
        return {}
    return detail if isinstance(detail, dict) else {}


class Looking:
    """A look through a queue: every message once; in the end those come back at once that were not deleted."""

    def __init__(self, letters: Letters) -> None:
        """Look at `letters`."""
        self._letters = letters
        self._known: set[str] = set()
        self._taken: dict[str, Letter] = {}

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others see again what is left."""
        self._letters.release(list(self._taken.values()))

    def __iter__(self) -> Iterator[Letter]:
        """The messages, until those come round again that were looked at first."""
        while batch := self._letters.receive(visibility=_HIDDEN):
            fresh = [letter for letter in batch if letter.message_id not in self._known]
            self._taken.update({letter.message_id: letter for letter in batch})
            self._known.update(self._taken)
            if not fresh:
                return
            yield from fresh

    def delete(self, letter: Letter) -> None:
        """Delete `letter`, which this look has found."""
        self._letters.delete(self._taken[letter.message_id])
        del self._taken[letter.message_id]
