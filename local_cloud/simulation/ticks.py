"""What calls the controller: the schedule, the alarm's events, and people who fail back."""

from collections.abc import Callable, Mapping
from random import Random

from failover_controller.model import Phase, Settings

from local_cloud.simulation.chance import Of, unit
from local_cloud.simulation.clock import Clock
from local_cloud.simulation.conditions import Conditions
from local_cloud.simulation.control import Effects, Invocation, Table
from local_cloud.simulation.watch import next_call, when_called

_LOST_EVENTS = 0.05
_SETTLED_TICKS = 4
_SOONEST, _LATEST, _AGAIN = 1200.0, 5400.0, 300.0
"""Seconds until people fail back, and until they try again."""


class Control:
    """Calls the controller once a minute and for each change of the alarm, and fails back some time after a takeover.

    While nothing changes, it need not be simulated: `disturb` it then.

    Attributes:
        table: the controller's.
    """

    def __init__(
        self,
        clock: Clock,
        conditions: Conditions,
        settings: Settings,
        effects: Effects,
        *,
        may_fail_back: Callable[[], bool],
        seed: int,
        rests: bool,
    ) -> None:
        """Call a controller with `settings`; people fail back only if `may_fail_back`."""
        self.table = Table()
        self._clock, self._conditions, self._settings, self._effects = clock, conditions, settings, effects
        self._may_fail_back, self._seed, self._rests = may_fail_back, seed, rests
        self._running, self._run = False, 0
        self._events, self._settled, self._cared_for = 0, 0, 0
        self.disturb()

    def disturb(self) -> None:
        """What the controller sees may have changed."""
        self._settled = 0
        if not self._running:
            self._running, self._run = True, self._run + 1
            self._schedule(next_call(self._conditions, self._seed, Of.TICK, self._clock.now))

    def alarm_changed(self) -> None:
        """The alarm's state has changed, and an event tells of it, unless it is lost."""
        self.disturb()
        self._events += 1
        if unit(self._seed, Of.EVENT, self._events) >= _LOST_EVENTS:
            soon = self._clock.now + unit(self._seed, Of.EVENT, self._events, 1)
            self._clock.at(soon, self._invoke, f"event {self._events}")

    def _schedule(self, number: int) -> None:
        called = when_called(self._conditions, self._seed, Of.TICK, number)
        self._clock.at(called, self._tick, number, self._run)

    def _tick(self, number: int, run: int) -> None:
        if run != self._run:
            return
        done = self._invoke(f"tick {number}")
        self._settled = self._settled + 1 if done and self._is_settled() else 0
        if self._rests and self._settled >= _SETTLED_TICKS:
            self._running = False
        else:
            self._schedule(number + 1)

    def _is_settled(self) -> bool:
        state, rings = self.table.last, self._effects.rings()
        if state.phase is Phase.PRIMARY:
            return not rings and state.ringing == 0
        return state.phase is Phase.STANDBY and rings and state.ringing == self._settings.observations

    def _invoke(self, name: str, command: Mapping[str, object] | None = None) -> bool:
        condition, now = self._conditions.at(self._clock.now), self._clock.now
        if not condition.standby_up:
            return False
        chance = Random(f"{self._seed} {name}")  # noqa: S311 - simulates, keeps no secret
        invocation = Invocation(self._settings, self.table, self._conditions, self._effects, chance)
        done = invocation.run(now, name, command)
        state = self.table.last
        if state.phase is Phase.STANDBY and state.transition != self._cared_for:
            self._cared_for = state.transition
            later = _SOONEST + (_LATEST - _SOONEST) * unit(self._seed, Of.PEOPLE, state.transition)
            self._clock.at(now + later, self._people, state.transition, 1)
        return done

    def _people(self, takeover: int, attempt: int) -> None:
        state = self.table.last
        if state.phase is not Phase.STANDBY or state.transition != takeover:
            return
        if self._may_fail_back():
            self.disturb()
            self._invoke(f"command {takeover} {attempt}", {"takeover": takeover})
        self._clock.at(self._clock.now + _AGAIN, self._people, takeover, attempt + 1)
