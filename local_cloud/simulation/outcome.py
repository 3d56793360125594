"""What users saw of one run."""

from dataclasses import dataclass, field

from local_cloud.simulation.conditions import Conditions
from local_cloud.simulation.control import Change
from local_cloud.simulation.faults import Kind, Schedule
from local_cloud.simulation.names import CLIENTS

_NEVER_HURTS = frozenset({Kind.LATE, Kind.CONTROL_PLANE})
_SERVED = 1 - 1e-9
SEVERAL = "several at once"
AFTERMATH = "none: fail-back, or aftermath"


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time in which not all users were served, though a Region was there that could have.

    Attributes:
        start: when it began, in seconds.
        end: when all were served again, or no Region was there any more.
        cause: the fault in which it began.
    """

    start: float
    end: float
    cause: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run.

    Attributes:
        setup: what was simulated.
        seed: the schedule's.
        availability: the share of requests that were served.
        possible: the share that could have been served at all.
        outages: those that could have been shorter.
        answers: when the name servers' answer changed.
        changes: the controller's changes of direction.
        broken: the invariants that do not hold.
    """

    setup: str
    seed: int
    availability: float
    possible: float
    outages: tuple[Outage, ...]
    answers: tuple[tuple[float, bool], ...]
    changes: tuple[Change, ...]
    broken: tuple[str, ...] = field(default=())


def watched(
    schedule: Schedule,
    conditions: Conditions,
    standby: list[tuple[float, float]],
    moves: list[tuple[float, int]],
) -> tuple[float, float, tuple[Outage, ...]]:
    """Availability, how much of it was possible, and outages.

    `standby` says from when the standby serves which share of all requests, `moves` when a client moves.
    """
    happens = [(start, 0, index) for index, start in enumerate(conditions.starts)]
    happens += [(when, 1, index) for index, (when, _) in enumerate(standby)]
    happens += [(when, 2, index) for index, (when, _) in enumerate(moves)]
    happens.sort()
    up = there = False
    moved = 0
    serves = served = lost = impossible = 0.0
    begun: float | None = None
    last = 0.0
    outages = []
    for when, what, index in [*happens, (schedule.duration, 3, 0)]:
        elapsed = min(when, schedule.duration) - last
        lost += elapsed * (1 - served)
        impossible += elapsed * (not (up or there))
        last += elapsed
        if what == 0:
            up, there = conditions.pieces[index].primary_up, conditions.pieces[index].standby_up
        elif what == 1:
            serves = standby[index][1]
        elif what == 2:  # noqa: PLR2004 - the third of the lists above
            moved += moves[index][1]
        at_standby = moved / CLIENTS
        served = (1 - at_standby) * up + min(at_standby, serves)
        bad = served < _SERVED and (up or there) and what != 3  # noqa: PLR2004 - nothing follows the end
        if bad and begun is None:
            begun = when
        elif not bad and begun is not None:
            if when > begun:
                outages.append(Outage(start=begun, end=when, cause=_cause(schedule, begun)))
            begun = None
    total = schedule.duration
    return 1 - lost / total, 1 - impossible / total, tuple(outages)


def _cause(schedule: Schedule, when: float) -> str:
    kinds = {f.kind for f in schedule.faults if f.start <= when < f.end} - _NEVER_HURTS
    if len(kinds) == 1:
        return str(kinds.pop())
    if kinds:
        return SEVERAL
    just = [f.kind for f in schedule.faults if f.end == when]
    return str(just[0]) if just else AFTERMATH
