"""One virtual day: both Regions, what watches them, and who asks for the name."""

from local_cloud.health_checks import status
from local_cloud.health_checks.config import HealthCheck
from local_cloud.simulation import invariants
from local_cloud.simulation.clock import Clock
from local_cloud.simulation.conditions import Condition, Conditions
from local_cloud.simulation.control import Effects
from local_cloud.simulation.endpoint_check import EndpointCheck, Look
from local_cloud.simulation.faults import Schedule
from local_cloud.simulation.metrics import TakeOverCheck
from local_cloud.simulation.names import Clients, Name
from local_cloud.simulation.outcome import Outcome, watched
from local_cloud.simulation.setups import ENDPOINT, MINUTE, STANDBY, TAKE_OVER, Setup
from local_cloud.simulation.ticks import Control
from local_cloud.simulation.watch import Watch

_GONE = frozenset({"us-east-1"})
_THROTTLED = 0.1
"""Seconds until a checker is told that a sleeping standby cannot be invoked."""
_BOTH = HealthCheck(type="CALCULATED", children=(ENDPOINT, TAKE_OVER), healthy_children=2)


def simulate(setup: Setup, schedule: Schedule, *, rests: bool = True) -> Outcome:
    """Let `schedule` happen to `setup`.

    Args:
        setup: how it fails over.
        schedule: what goes wrong.
        rests: whether what does not change is left out; the outcome is the same, and comes sooner.
    """
    return _World(setup, schedule, rests=rests).run()


class _World:
    def __init__(self, setup: Setup, schedule: Schedule, *, rests: bool) -> None:
        self._setup, self._schedule, self._rests = setup, schedule, rests
        self._conditions = Conditions(schedule)
        self._clock = Clock()
        self._held_up: list[float] = []
        self._awake = (
            dict.fromkeys((s.name for s in setup.controller.sleepers), False) if setup.controller else {}
        )
        self._settings = dict(self._awake)
        self._serves: list[tuple[float, float]] = []
        self._take_over, self._due = TakeOverCheck(), 0.0
        for start in self._conditions.starts:
            self._clock.at(start, self._changed)
        self._name = Name(setup, self._passing, schedule.seed)
        self._clients = Clients(setup.ttl, schedule.seed)
        self._primary = self._endpoint(1, self._see_primary)
        self._standby = self._endpoint(2, self._see_standby)
        self._watch: Watch | None = None
        self._control: Control | None = None
        if setup.controller:
            self._watch = Watch(
                self._clock,
                self._conditions,
                throttled=self._throttled,
                changed=self._alarm_changed,
                seed=schedule.seed,
                rests=rests,
            )
            effects = Effects(rings=self._rings, awake=self._set, publish=self._publish)
            self._control = Control(
                self._clock,
                self._conditions,
                setup.controller,
                effects,
                may_fail_back=self._may_fail_back,
                seed=schedule.seed,
                rests=rests,
            )

    def run(self) -> Outcome:
        schedule, setup = self._schedule, self._setup
        self._clock.run(schedule.duration)
        answers = self._name.answers
        availability, possible, outages = watched(
            schedule, self._conditions, self._serves, self._clients.moves(answers)
        )
        changes = tuple(self._control.table.changes) if self._control else ()
        judged = invariants.Run(
            setup=setup,
            conditions=self._conditions,
            held_up=self._held_up,
            outages=outages,
            decided=self._name.decided[1:],
            changes=changes,
            end=schedule.duration,
        )
        return Outcome(
            setup=setup.name,
            seed=schedule.seed,
            availability=availability,
            possible=possible,
            outages=outages,
            answers=tuple(answers[1:]),
            changes=changes,
            broken=invariants.broken(judged),
        )

    def _endpoint(self, number: int, look: Look) -> EndpointCheck:
        check = EndpointCheck(
            self._clock,
            HealthCheck(type="HTTPS", interval=self._setup.interval, threshold=self._setup.threshold),
            look=look,
            noise=lambda: self._condition.noise,
            seed=self._schedule.seed * 2 + number,
            rests=self._rests,
        )
        check.changed = self._decide
        return check

    @property
    def _condition(self) -> Condition:
        return self._conditions.at(self._clock.now)

    @property
    def _silent(self) -> frozenset[str]:
        return frozenset() if self._condition.control_plane else _GONE

    def _see_primary(self, region: str) -> tuple[bool, float]:
        condition = self._condition
        seen = condition.primary_up and region not in condition.blocked
        return seen, 0.0 if seen else condition.primary_answer

    def _see_standby(self, _region: str) -> tuple[bool, float]:
        if not self._condition.standby_up:
            return False, self._condition.standby_answer
        answers = bool(self._capacity())
        return answers, 0.0 if answers else _THROTTLED

    def _capacity(self) -> float:
        """The share of all requests that the standby serves now."""
        if not self._condition.standby_up:
            return 0.0
        return 1.0 if all(self._awake.values()) else self._setup.asleep

    def _throttled(self) -> bool:
        load = self._clients.at_standby(self._name.answers, self._clock.now)
        return self._setup.watches_load and load > self._capacity()

    def _changed(self) -> None:
        """A piece of the schedule begins."""
        control = self._control
        held_up = control.table.held_up(self._clock.now, self._setup.between) if control else 0.0
        self._held_up.append(held_up)
        self._serving_changed()

    def _serving_changed(self) -> None:
        self._serves.append((self._clock.now, self._capacity()))
        for each in (self._primary, self._standby, self._watch, self._control):
            if each:
                each.disturb()
        self._decide()

    def _decide(self) -> None:
        if self._name.update(self._clock.now) and self._watch:
            self._watch.disturb()

    def _passing(self, check: str) -> bool:
        if check == ENDPOINT:
            return self._primary.is_healthy(self._silent)
        if check == STANDBY:
            return self._standby.is_healthy(self._silent)
        if check == TAKE_OVER:
            return self._take_over.is_healthy
        children = [self._passing(child) for child in _BOTH.children]
        return status.status(_BOTH, lambda: status.calculated_is_healthy(children, _BOTH.healthy_children))

    def _rings(self) -> bool:
        return self._watch is not None and self._watch.rings

    def _alarm_changed(self) -> None:
        if self._control:
            self._control.alarm_changed()

    def _may_fail_back(self) -> bool:
        return self._condition.primary_up and not self._rings() and self._passing(ENDPOINT)

    def _set(self, when: float, name: str, awake: bool) -> bool:  # noqa: FBT001 - the value itself
        before, self._settings[name] = self._settings[name], awake
        self._clock.at(when, self._take_effect, name, awake)
        return before is not awake

    def _take_effect(self, name: str, awake: bool) -> None:  # noqa: FBT001 - the value itself
        before = self._capacity()
        self._awake[name] = awake
        if self._capacity() != before:
            self._serving_changed()

    def _publish(self, when: float, taken_over: bool) -> None:  # noqa: FBT001 - the value itself
        self._take_over.put(taken_over=taken_over, when=when)
        due = (when // MINUTE + 1) * MINUTE
        if due != self._due:
            self._due = due
            self._clock.at(due, self._look_at_metric)

    def _look_at_metric(self) -> None:
        if self._condition.standby_up:
            self._take_over.evaluate(self._clock.now)
            self._decide()
