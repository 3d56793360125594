"""What has to hold in every run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from failover_controller.model import Phase

from local_cloud.simulation.conditions import Condition, Conditions
from local_cloud.simulation.control import Change
from local_cloud.simulation.faults import HOUR
from local_cloud.simulation.outcome import Outage
from local_cloud.simulation.setups import Setup, worst_case

CHANGES_PER_HOUR = 1.0
"""So often, and once more, the answer may change under nothing but noise."""
_SLACK = 2.0
"""Seconds for calls of AWS, which the plan does not count."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is judged.

    Attributes:
        setup: what was simulated.
        conditions: the pieces of the schedule.
        held_up: for each piece how long the controller is held up at its beginning: by its damping, or by the lease of
            an invocation that was ended midway.
        outages: what users saw.
        decided: when the answer changed.
        changes: the controller's changes of direction.
        end: when the run ends.
    """

    setup: Setup
    conditions: Conditions
    held_up: Sequence[float]
    outages: Sequence[Outage]
    decided: Sequence[float]
    changes: Sequence[Change]
    end: float


def broken(run: Run) -> tuple[str, ...]:
    """The invariants that do not hold, in words."""
    return (*_unserved(run), *_undamped(run), *_flapping(run), *_unsettled(run))


def _unserved(run: Run) -> Iterator[str]:
    """Once nothing has changed for as long as the worst case, whoever can be served is served."""
    for begin, end, condition, held_up in _situations(run):
        by_chance = condition.noise or (run.setup.controller and condition.controller_faults)
        if by_chance or not (condition.primary_up or condition.standby_up):
            continue
        limit = begin + worst_case(run.setup) + held_up + _SLACK
        for outage in run.outages:
            if outage.start < end and min(outage.end, end) > limit:
                late = min(outage.end, end) - max(outage.start, begin)
                yield (
                    f"not served for {late:.0f} s from {outage.start:.0f} s on, though nothing changed since "
                    f"{begin:.0f} s: the worst case is {worst_case(run.setup):g} s, held up for {held_up:.0f} s"
                )


def _situations(run: Run) -> Iterator[tuple[float, float, Condition, float]]:
    """The pieces, those put together in which nothing changes that could matter."""
    pieces = list(zip(run.conditions.starts, run.conditions.pieces, run.held_up, strict=True))
    begun = 0
    for number, (_, condition, _) in enumerate(pieces):
        last = number + 1 == len(pieces)
        if last or pieces[number + 1][1].situation != condition.situation:
            yield pieces[begun][0], run.end if last else pieces[number + 1][0], condition, pieces[begun][2]
            begun = number + 1


def _undamped(run: Run) -> Iterator[str]:
    before: Change | None = None
    for change in run.changes:
        since = None if before is None else change.at - before.at
        if since is not None and since < run.setup.between:
            yield f"{change.phase} began at {change.at:.0f} s, {since:.0f} s after the change before"
        if change.phase is Phase.RELEASING and not change.commanded:
            yield f"failed back at {change.at:.0f} s, and nobody said so"
        before = change


def _flapping(run: Run) -> Iterator[str]:
    settle = worst_case(run.setup)
    for begin, end, condition, _ in _situations(run):
        quiet = (condition.primary_up, condition.standby_up, not condition.partitioned, not condition.blocked)
        if not condition.noise or not all(quiet):
            continue
        ours = [change.at for change in run.changes]
        found = [
            when
            for when in run.decided
            if begin + settle < when < end and not any(at <= when < at + settle for at in ours)
        ]
        allowed = 1 + CHANGES_PER_HOUR * (end - begin) / HOUR
        if len(found) > allowed:
            yield f"{len(found)} changes of the answer under noise from {begin:.0f} to {end:.0f} s"


def _unsettled(run: Run) -> Iterator[str]:
    if run.outages and run.outages[-1].end >= run.end:
        yield f"at the end not all are served, since {run.outages[-1].start:.0f} s"
