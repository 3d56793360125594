"""What the controller knows and remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

__all__ = [
    "CLOCK_TOLERANCE",
    "LEAVING_STANDBY",
    "MARGIN",
    "Mode",
    "Observation",
    "Phase",
    "Settings",
    "Sleeper",
    "State",
]

CLOCK_TOLERANCE: Final = 5.0
"""Seconds by which two clocks of AWS may differ."""
MARGIN: Final = 10.0
"""Seconds that an invocation keeps back, for what it has begun and for handing over."""


class Phase(StrEnum):
    """Where the controller stands."""

    PRIMARY = "PRIMARY"
    """The primary serves, and the standby sleeps."""
    WAKING = "WAKING"
    """The standby is being woken; the primary is still named."""
    STANDBY = "STANDBY"
    """The standby has taken over."""
    RELEASING = "RELEASING"
    """The primary is named again; once the names have drained, the standby is put to sleep."""


LEAVING_STANDBY: Final = (Phase.PRIMARY, Phase.RELEASING)
"""The phases in which the primary serves, or is to."""


class Mode(StrEnum):
    """What people have said, by the parameter."""

    AUTO = "auto"
    """The alarm decides to take over, and a command to fail back."""
    FROZEN = "frozen"
    """Nothing changes, whatever the alarm says."""
    STANDBY = "standby"
    """The standby takes over, and stays."""
    PRIMARY = "primary"
    """The primary serves, and stays."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What the alarm was seen to say.

    Attributes:
        ringing: whether it rang; None when it could not be told.
    """

    ringing: bool | None


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """Something that sleeps while the primary serves.

    Attributes:
        kind: what it is, which says how it is woken.
        name: what people and the record call it.
        asleep: its setting while the primary serves.
        awake: its setting once the standby has taken over.
        target: by which AWS knows it.
    """

    kind: str
    name: str
    asleep: int | bool | None = None
    awake: int | bool | None = None
    target: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the controller decides. Times are in seconds.

    Attributes:
        name: which controller this is.
        alarm: the alarm that decides.
        observations: how many times in a row it has to be seen ringing.
        spacing: observations closer than this count once.
        gap: observations further apart than this are not in a row.
        between: the least time from one change of direction to the next.
        healthy_for: for how long it has to have been seen silent before the standby fails back.
        drain: from naming the primary again to putting the standby to sleep.
        wake_up_limit: after which the standby takes over with what is awake.
        lease: for how long an invocation works alone; longer than any invocation may take.
        sleepers: what is woken, in this order, and put to sleep in the other.
    """

    name: str
    alarm: str
    observations: int
    spacing: float
    gap: float
    between: float
    healthy_for: float
    drain: float
    wake_up_limit: float
    lease: float
    sleepers: Sequence[Sleeper] = ()

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """The settings as the construct writes them."""
        return cls(**{**given, "sleepers": tuple(Sleeper(**each) for each in given["sleepers"])})


@dataclass(frozen=True, kw_only=True)
class State:
    """What the controller remembers from one invocation to the next. Times are in seconds of the table's clock.

    Attributes:
        version: grows by one with each write, and each write names the one that it follows.
        phase: where it stands.
        transition: how many times it changed direction.
        changed_at: when it last did.
        done: what has been done of the present phase.
        released_at: when names were first said to lead to the primary again.
        ringing: how many times in a row the alarm was seen ringing.
        observed_at: when an observation last counted.
        healthy_since: since when the alarm has been seen silent without a gap.
        mode: what people last said.
        leased_by: the invocation that works.
        leased_until: until when.
    """

    version: int = 0
    phase: Phase = Phase.PRIMARY
    transition: int = 0
    changed_at: float | None = None
    done: frozenset[str] = frozenset()
    released_at: float | None = None
    ringing: int = 0
    observed_at: float | None = None
    healthy_since: float | None = None
    mode: Mode = Mode.AUTO
    leased_by: str | None = None
    leased_until: float = 0.0

    @property
    def has_taken_over(self) -> bool:
        """Whether names should lead to the standby."""
        return self.phase is Phase.STANDBY

    def is_leased(self, now: float) -> bool:
        """Whether another invocation may be at work."""
        return self.leased_by is not None and now <= self.leased_until + CLOCK_TOLERANCE

    def believable(self, now: float, lease: float) -> "State":
        """This state without times that a wrong clock wrote: nothing that is remembered lies in the future."""
        latest = now + CLOCK_TOLERANCE
        return replace(
            self,
            changed_at=_not_after(self.changed_at, latest, now),
            released_at=_not_after(self.released_at, latest, now),
            observed_at=_not_after(self.observed_at, latest, now),
            healthy_since=_not_after(self.healthy_since, latest, now),
            leased_until=self.leased_until if self.leased_until <= latest + lease else 0.0,
        )


def _not_after(value: float | None, latest: float, now: float) -> float | None:
    return now if value is not None and value > latest else value
