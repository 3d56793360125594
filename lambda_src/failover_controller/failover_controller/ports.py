"""What the controller needs of the world, as few words as possible: AWS and the tests' fakes speak them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from failover_controller.model import Mode, Observation, Sleeper, State

__all__ = ["OvertakenError", "Ports", "Record", "Store"]


class OvertakenError(Exception):
    """Another invocation wrote the state since it was read."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """Something that happened, for people to read later.

    Attributes:
        what: a word or two.
        detail: a sentence.
    """

    what: str
    detail: str


class Store(Protocol):
    """Where the state is kept."""

    def load(self) -> tuple[State, float]:
        """The state, all writes included, and the time now by the store's clock, in seconds."""

    def save(self, state: State, now: float, records: Sequence[Record] = ()) -> None:
        """Write `state` and `records` together, if the version before `state.version` is the present one.

        Raises:
            OvertakenError: it is not.
        """


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The world. Each may fail at any time, before or after it had its effect.

    Attributes:
        store: keeps the state.
        alarm: what the alarm says.
        mode: what people say.
        ensure: gives something its setting for being awake, or asleep; does nothing where it has it. True if it did.
        publish: says to Route 53 whether the standby has taken over.
        tell: tells people: a subject and a text.
        elapsed: seconds since any fixed moment.
        remaining: seconds until this invocation is ended.
        sleep: waits.
    """

    store: Store
    alarm: Callable[[float], Observation]
    mode: Callable[[], Mode]
    ensure: Callable[[Sleeper, bool], bool]
    publish: Callable[[bool], None]
    tell: Callable[[str, str], None]
    elapsed: Callable[[], float]
    remaining: Callable[[], float]
    sleep: Callable[[float], None]
