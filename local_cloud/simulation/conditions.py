"""What holds when: a schedule of faults cut into pieces in which nothing changes."""

from bisect import bisect_right
from dataclasses import dataclass

from local_cloud.simulation.faults import Fault, Kind, Schedule


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What holds for some time. Answers are in seconds.

    Attributes:
        primary_up: whether the primary serves.
        standby_up: whether the standby's Region is there; what sleeps in it does not serve for all that.
        primary_answer: how long a checker waits for a primary that is not up.
        standby_answer: likewise.
        partitioned: whether the standby does not see the primary.
        blocked: the Regions whose checkers do not reach the primary.
        noise: the share of probes that say the wrong thing.
        controller_faults: the share of the controller's invocations that something happens to.
        late: whether the schedule calls up to a minute late.
        control_plane: whether us-east-1 is there.
    """

    primary_up: bool = True
    standby_up: bool = True
    primary_answer: float = 0.0
    standby_answer: float = 0.0
    partitioned: bool = False
    blocked: frozenset[str] = frozenset()
    noise: float = 0.0
    controller_faults: float = 0.0
    late: bool = False
    control_plane: bool = True

    @property
    def situation(self) -> tuple[object, ...]:
        """What the time to recover may depend on.

        Neither us-east-1 nor how punctual the schedule is; but where checkers do not reach the primary, those of
        us-east-1 may be the ones that are missed.
        """
        return (
            self.primary_up,
            self.standby_up,
            self.partitioned,
            self.blocked,
            bool(self.blocked) and self.control_plane,
            self.noise,
            self.controller_faults,
        )


class Conditions:
    """The pieces of a schedule.

    Attributes:
        starts: when each piece begins.
        pieces: what holds in it.
    """

    def __init__(self, schedule: Schedule) -> None:
        """Cut `schedule`."""
        edges = {0.0, *(edge for fault in schedule.faults for edge in _edges(fault))}
        self.starts: list[float] = []
        self.pieces: list[Condition] = []
        for start in sorted(edge for edge in edges if edge < schedule.duration):
            piece = _condition(
                [fault for fault in schedule.faults if fault.start <= start < fault.end], start
            )
            if not self.pieces or piece != self.pieces[-1]:
                self.starts.append(start)
                self.pieces.append(piece)

    def at(self, when: float) -> Condition:
        """What holds then."""
        return self.pieces[bisect_right(self.starts, when) - 1]


def _edges(fault: Fault) -> list[float]:
    back = [when for when in (fault.primary_back, fault.standby_back) if when is not None]
    return [fault.start, fault.end, *back, *(edge for down in fault.downs for edge in down)]


def _condition(faults: list[Fault], when: float) -> Condition:
    kinds = {fault.kind for fault in faults}
    down = [fault for fault in faults if _takes_primary_down(fault, when)]
    gone = [fault for fault in faults if _takes_standby_down(fault, when)]
    return Condition(
        primary_up=not down,
        standby_up=not gone,
        primary_answer=max((f.answer for f in faults if f in down or f.blocked), default=0.0),
        standby_answer=max((f.answer for f in gone), default=0.0),
        partitioned=Kind.PARTITION in kinds,
        blocked=frozenset().union(*(f.blocked for f in faults)),
        noise=max((f.share for f in faults if f.kind is Kind.NOISE), default=0.0),
        controller_faults=max((f.share for f in faults if f.kind is Kind.CONTROLLER), default=0.0),
        late=Kind.LATE in kinds,
        control_plane=Kind.CONTROL_PLANE not in kinds,
    )


def _takes_primary_down(fault: Fault, when: float) -> bool:
    match fault.kind:
        case Kind.PRIMARY_DOWN | Kind.SLOW:
            return True
        case Kind.FLAPPING:
            return any(begin <= when < end for begin, end in fault.downs)
        case Kind.BOTH_DOWN:
            return fault.primary_back is None or when < fault.primary_back
    return False


def _takes_standby_down(fault: Fault, when: float) -> bool:
    both = fault.kind is Kind.BOTH_DOWN and (fault.standby_back is None or when < fault.standby_back)
    return both or fault.kind is Kind.STANDBY_DOWN
