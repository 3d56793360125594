"""The standby's probe of the primary, and the alarm that decides."""

from collections.abc import Callable

from local_cloud.simulation.chance import Of, unit
from local_cloud.simulation.clock import Clock
from local_cloud.simulation.conditions import Condition, Conditions
from local_cloud.simulation.metrics import LOAD, PRIMARY_ANSWERS, MetricAlarm
from local_cloud.simulation.setups import ANSWERING, MINUTE, PROBE_ATTEMPTS, PROBE_PAUSE

_PUNCTUAL, _LATE = 5.0, 60.0
_QUICK = 0.5
_SETTLED_LOOKS = 6


def when_called(conditions: Conditions, seed: int, of: Of, number: int) -> float:
    """When Scheduler, which is late, makes its call `number`."""
    due = MINUTE * (number + unit(seed, of))
    late = _LATE if conditions.at(due).late else _PUNCTUAL
    return due + late * unit(seed, Of.LATENESS, of, number)


def next_call(conditions: Conditions, seed: int, of: Of, now: float) -> int:
    """The number of Scheduler's first call from now on."""
    number = int(now / MINUTE - unit(seed, of))
    return number if when_called(conditions, seed, of, number) >= now else number + 1


class Watch:
    """Asks the primary once a minute from the standby's Region; rings while it does not answer.

    While the primary answers and nothing changes, it need not be simulated: `disturb` it then.

    Attributes:
        rings: what the alarm says.
    """

    def __init__(
        self,
        clock: Clock,
        conditions: Conditions,
        *,
        throttled: Callable[[], bool],
        changed: Callable[[], None],
        seed: int,
        rests: bool,
    ) -> None:
        """Ring, too, while requests are `throttled`; call `changed` when the alarm's state has."""
        self._clock, self._conditions = clock, conditions
        self._throttled, self._changed = throttled, changed
        self._seed, self._rests = seed, rests
        self._answers, self._load = MetricAlarm(PRIMARY_ANSWERS), MetricAlarm(LOAD)
        self._good = 0
        self._run = 0
        self._running = False
        self.rings = False
        self.disturb()

    def disturb(self) -> None:
        """What it sees may have changed."""
        self._good = 0
        if self._running:
            return
        self._running, self._run = True, self._run + 1
        now = self._clock.now
        number = next_call(self._conditions, self._seed, Of.CANARY, now)
        self._answers.fill(1, now)
        if number > 0:
            self._answers.put(1, MINUTE * (number - 1 + unit(self._seed, Of.CANARY)))
        self._schedule(number)
        self._clock.at((now // MINUTE + 1) * MINUTE, self._evaluate)

    def _condition(self) -> Condition:
        return self._conditions.at(self._clock.now)

    def _schedule(self, number: int) -> None:
        called = when_called(self._conditions, self._seed, Of.CANARY, number)
        self._clock.at(called, self._call, number, self._run)

    def _call(self, number: int, run: int) -> None:
        if run == self._run and self._running:
            self._schedule(number + 1)
            self._look(MINUTE * (number + unit(self._seed, Of.CANARY)), PROBE_ATTEMPTS)

    def _look(self, due: float, attempts: int) -> None:
        condition, now = self._condition(), self._clock.now
        if not condition.standby_up:
            return
        if condition.primary_up and not condition.partitioned:
            self._clock.at(now + _QUICK, self._put, 1, due)
        elif attempts == 1:
            self._clock.at(now + ANSWERING, self._put, 0, due)
        else:
            self._clock.at(now + ANSWERING + PROBE_PAUSE, self._look, due, attempts - 1)

    def _put(self, value: int, due: float) -> None:
        if self._condition().standby_up:
            self._answers.put(value, due)
            self._good = self._good + 1 if value else 0

    def _evaluate(self) -> None:
        now = self._clock.now
        if self._condition().standby_up:
            throttled = self._throttled()
            if throttled:
                self._load.put(1, now - MINUTE)
            rings = "ALARM" in (self._answers.evaluate(now), self._load.evaluate(now))
            changed, self.rings = rings is not self.rings, rings
            if changed:
                self._changed()
            if self._rests and self._good >= _SETTLED_LOOKS and not rings and not throttled:
                self._running = False
                return
        self._clock.at(now + MINUTE, self._evaluate)
