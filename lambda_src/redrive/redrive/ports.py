"""What a run needs of the world."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from redrive.model import Action, Letter

__all__ = ["Clients", "Clock", "Entry", "LedgerPort", "OvertakenError", "ParkingPort", "Progress", "State"]

Progress = Callable[[Action], None]
"""Told of every letter as soon as it is known what became of it; never by two threads at once."""


@dataclass(frozen=True, kw_only=True)
class Clients:
    """boto3's clients. None is made for a service that the route does not need.

    Attributes:
        sqs: of SQS.
        functions: of Lambda. It must not repeat a call by itself (``total_max_attempts`` 1), since only the ledger
            knows whether an event may be given once more, and must wait as long as the function may run.
        kinesis: of Kinesis; only for ``stream``.
        table_streams: of DynamoDB Streams; only for ``stream``.
    """

    sqs: Any
    functions: Any = None
    kinesis: Any = None
    table_streams: Any = None


class Clock(Protocol):
    """Time."""

    def now(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class OvertakenError(Exception):
    """The entry is not what it was when it was read."""


class State(StrEnum):
    """Where a letter stands."""

    CLAIMED = "CLAIMED"
    """A run is at it, until its lease ends. Its attempt is counted already."""
    OPEN = "OPEN"
    """It may be tried again."""
    DONE = "DONE"
    PARKED = "PARKED"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the ledger says of one letter, or of one event of a source queue. Times are the ledger's, in seconds.

    Attributes:
        key: the letter or event.
        state: where it stands.
        attempts: how often it has been re-driven, the attempt under way included.
        leased_until: until when no other run touches it.
        note: what else is to be remembered.
        version: differs with every write.
    """

    key: str
    state: State
    attempts: int = 0
    leased_until: float = 0.0
    note: str = ""
    version: str = ""


class LedgerPort(Protocol):
    """What is known of the letters of one queue."""

    def load(self, key: str) -> tuple[Entry | None, float]:
        """What is known of `key`, all writes included, and the time."""

    def write(self, entry: Entry, before: Entry | None, action: Action | None = None) -> Entry:
        """Write `entry` where there was `before`, and with it what was done, both or neither.

        Returns:
            the entry with its new version.

        Raises:
            OvertakenError: there is something else by now.
        """


class ParkingPort(Protocol):
    """Where letters lie that nobody re-drives any more."""

    def park(self, letter: Letter, *, reason: str, attempts: int, error_type: str) -> None:
        """Send all of `letter` there, with why."""
