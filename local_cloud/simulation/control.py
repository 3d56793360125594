"""The real controller in a world that is simulated: its table, its calls that fail, its end midway."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from failover_controller.controller import Controller, IncompleteError
from failover_controller.model import CLOCK_TOLERANCE, Mode, Observation, Phase, Settings, Sleeper, State
from failover_controller.ports import OvertakenError, Ports, Record

from local_cloud.simulation.conditions import Conditions
from local_cloud.simulation.setups import CONTROLLER_TIMEOUT

T = TypeVar("T")

_KEPT = 30
_SHORTEST, _LONGEST = 0.01, 0.3
_HANGS = 11.0
"""Seconds that a call takes that never answers, with its retries."""
_FAULTS = ("refused", "lost", "hangs", "ended before", "ended after")


class _EndedError(BaseException):
    """The invocation is ended: nothing of it runs any more."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of direction.

    Attributes:
        at: when, in seconds.
        phase: to which phase.
        commanded: whether people said so.
    """

    at: float
    phase: Phase
    commanded: bool


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What the controller does to the world, each with when it does.

    Attributes:
        rings: what the alarm says.
        awake: something gets its setting for being awake, or asleep; whether it had another one.
        publish: the metric gets a value.
    """

    rings: Callable[[], bool]
    awake: Callable[[float, str, bool], bool]
    publish: Callable[[float, bool], None]


class Table:
    """The state of the controller over time, so that an invocation sees what was written when it reads.

    Attributes:
        changes: of direction.
    """

    def __init__(self) -> None:
        """Begin without a state."""
        self._states: list[tuple[float, State]] = [(-math.inf, State())]
        self.changes: list[Change] = []

    @property
    def last(self) -> State:
        """The newest state."""
        return self._states[-1][1]

    def load(self, now: float) -> State:
        """The state then."""
        return next(state for when, state in reversed(self._states) if when <= now)

    def save(self, state: State, now: float, *, commanded: bool) -> None:
        """Write over the version before it.

        Two invocations at once are run one after the other: what the first one will have written is there already, and
        counts against the second.
        """
        if state.version != self.last.version + 1:
            raise OvertakenError
        if state.transition != self.last.transition:
            self.changes.append(Change(at=now, phase=state.phase, commanded=commanded))
        self._states.append((now, state))
        if len(self._states) > 2 * _KEPT:
            del self._states[:_KEPT]

    def held_up(self, now: float, between: float) -> float:
        """For how many seconds from now on damping, or the lease of an invocation that was ended, stands in the way."""
        state = self.last
        damped = -math.inf if state.changed_at is None else state.changed_at + between + CLOCK_TOLERANCE
        leased = state.leased_until + CLOCK_TOLERANCE if state.leased_by else -math.inf
        return max(0.0, damped - now) + max(0.0, leased - now)


class Invocation:
    """One run of the controller: its calls take time, and go wrong by chance while the controller fails."""

    def __init__(
        self, settings: Settings, table: Table, conditions: Conditions, effects: Effects, chance: Random
    ) -> None:
        """Be ready to run."""
        self._settings, self._table, self._conditions = settings, table, conditions
        self._effects, self._chance = effects, chance

    def run(self, start: float, name: str, command: Mapping[str, object] | None) -> bool:
        """Whether it came to its end, with nothing left to do."""
        self._start = self._now = start
        self._command = command
        faulty = self._conditions.at(start).controller_faults
        self._fails_at = self._chance.randrange(12) if self._chance.random() < faulty else None
        self._calls = 0
        try:
            Controller(self._settings, self._ports(), name).run(command)
        except (TimeoutError, IncompleteError, _EndedError):
            return False
        return True

    def _call(self, act: Callable[[], T]) -> T:
        self._pass(self._chance.uniform(_SHORTEST, _LONGEST))
        fault = None
        if self._calls == self._fails_at:
            fault = self._chance.choice(_FAULTS)
        self._calls += 1
        match fault:
            case "refused":
                raise TimeoutError(fault)
            case "hangs":
                self._pass(_HANGS)
                raise TimeoutError(fault)
            case "ended before":
                raise _EndedError
        answer = act()
        match fault:
            case "lost":
                raise TimeoutError(fault)
            case "ended after":
                raise _EndedError
        return answer

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        if self._now - self._start > CONTROLLER_TIMEOUT or not self._conditions.at(self._now).standby_up:
            raise _EndedError

    def _ports(self) -> Ports:
        call, effects = self._call, self._effects

        def ensure(sleeper: Sleeper, awake: bool) -> bool:  # noqa: FBT001 - as the port has it
            return call(lambda: effects.awake(self._now, sleeper.name, awake))

        return Ports(
            store=self,
            alarm=lambda _: call(lambda: Observation(ringing=effects.rings())),
            mode=lambda: call(lambda: Mode.AUTO),
            ensure=ensure,
            publish=lambda value: call(lambda: effects.publish(self._now, value)),
            tell=lambda *_: call(lambda: None),
            elapsed=lambda: self._now,
            remaining=lambda: self._start + CONTROLLER_TIMEOUT - self._now,
            sleep=self._pass,
        )

    def load(self) -> tuple[State, float]:
        """The state, and the time in whole seconds, as DynamoDB's answers have it."""
        return self._call(lambda: (self._table.load(self._now), float(math.floor(self._now))))

    def save(self, state: State, now: float, records: Sequence[Record] = ()) -> None:  # noqa: ARG002 - the port's
        """Write the state."""
        commanded = self._command is not None
        self._call(lambda: self._table.save(state, self._now, commanded=commanded))
