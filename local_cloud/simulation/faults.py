"""Random schedules of faults."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from local_cloud.health_checks.config import CHECKER_REGIONS

HOUR = 3600.0
DAY = 24 * HOUR
_FIRST, _LAST = 1 * HOUR, 20 * HOUR
_REST = 3 * HOUR
"""Without a fault at the end, so that everything can come to rest."""
_MOST = 8
_REFUSED_OR_SILENT = (0.02, 4.0)


class Kind(StrEnum):
    """What goes wrong."""

    PRIMARY_DOWN = "primary down"
    STANDBY_DOWN = "standby down"
    BOTH_DOWN = "both down"
    SLOW = "primary slow"
    FLAPPING = "primary flaps"
    PARTITION = "standby cannot see primary"
    BLOCKED = "checkers cannot reach primary"
    NOISE = "checker noise"
    CONTROL_PLANE = "us-east-1 gone"
    LATE = "schedule late"
    CONTROLLER = "controller fails"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong for some time. Times are in seconds.

    Attributes:
        kind: what.
        start: from when.
        end: until when.
        answer: how long a checker waits before it knows that it fails.
        share: of probes that say the wrong thing, or of invocations that something happens to.
        blocked: the checkers' Regions that do not reach the primary.
        downs: when a flapping primary is down.
        primary_back: when the primary is back where both are down; None for at the end.
        standby_back: likewise the standby.
    """

    kind: Kind
    start: float
    end: float
    answer: float = 0.0
    share: float = 0.0
    blocked: frozenset[str] = frozenset()
    downs: tuple[tuple[float, float], ...] = ()
    primary_back: float | None = None
    standby_back: float | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A virtual day.

    Attributes:
        seed: decides on everything that is left to chance.
        faults: what goes wrong.
        duration: in seconds.
    """

    seed: int
    faults: tuple[Fault, ...]
    duration: float = DAY


def draw(seed: int) -> Schedule:
    """A schedule by chance: some faults, which may be at the same time; or nothing but noise."""
    chance = Random(f"faults {seed}")  # noqa: S311 - simulates, keeps no secret
    if chance.random() < 1 / 8:
        kinds = [Kind.NOISE] * chance.randint(1, 3)
    else:
        kinds = chance.choices(list(Kind), k=chance.randint(1, _MOST))
    faults: list[Fault] = []
    for kind in kinds:
        start = chance.uniform(_FIRST, _LAST)
        if faults and chance.random() < 1 / 2:  # close to another: what is hard comes together
            start = min(_LAST, max(_FIRST, chance.choice(faults).start + chance.uniform(-900, 2700)))
        faults.append(_fault(kind, start, min(start + _length(chance), DAY - _REST), chance))
    return Schedule(seed=seed, faults=tuple(sorted(faults, key=lambda fault: fault.start)))


def _length(chance: Random) -> float:
    shortest, longest = chance.choice([(20, 300), (300, 1800), (1800, 10_800)])
    return chance.uniform(shortest, longest)


def _fault(kind: Kind, start: float, end: float, chance: Random) -> Fault:
    how: dict[str, Any] = {"answer": chance.choice(_REFUSED_OR_SILENT)}
    match kind:
        case Kind.SLOW:
            how["answer"] = chance.uniform(2.0, 6.0)
        case Kind.FLAPPING:
            how["downs"] = _downs(start, end, chance)
        case Kind.BOTH_DOWN:
            how[chance.choice(["primary_back", "standby_back"])] = chance.uniform(start, end)
        case Kind.BLOCKED:
            how["blocked"] = frozenset(
                chance.sample(CHECKER_REGIONS, chance.randint(1, len(CHECKER_REGIONS)))
            )
        case Kind.NOISE:
            how["share"] = chance.uniform(0.01, 0.3)
        case Kind.CONTROLLER:
            how["share"] = chance.uniform(0.1, 1.0)
    return Fault(kind=kind, start=start, end=end, **how)


def _downs(start: float, end: float, chance: Random) -> tuple[tuple[float, float], ...]:
    """Down and up, each for about as long as usual in this fault."""
    usual, found = chance.uniform(10, 240), []
    while start < end:
        down = start + usual * chance.uniform(0.5, 1.5)
        found.append((start, min(down, end)))
        start = down + usual * chance.uniform(0.5, 1.5)
    return tuple(found)
