"""The controller under faults: throttled calls, lost answers, ends midway, two at once, stale commands, clocks."""

from dataclasses import dataclass

from failover_controller.model import CLOCK_TOLERANCE, Mode, Phase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.failover.controller_world import (
    SETTINGS,
    Fault,
    Invocation,
    World,
    fail_back,
    pass_time,
    taken_over,
    tick,
)

SKEWS = st.floats(-CLOCK_TOLERANCE / 2, CLOCK_TOLERANCE / 2)
FAULTS = st.sampled_from([Fault.NONE] * 6 + list(Fault))


@dataclass(frozen=True)
class Calls:
    """The clock or the alarm calls; or somebody who says to fail back from so many takeovers ago."""

    skew: float
    stale: int | None


@dataclass(frozen=True)
class GoesOn:
    """An invocation makes some calls, and one more that goes as it goes."""

    which: int
    calls: int
    fault: Fault


Happening = Calls | GoesOn | Mode | float
EVENTS: st.SearchStrategy[Happening] = st.one_of(
    st.builds(GoesOn, which=st.integers(0, 3), calls=st.integers(0, 6), fault=FAULTS),
    st.builds(GoesOn, which=st.integers(0, 1), calls=st.integers(0, 12), fault=st.just(Fault.NONE)),
    st.builds(Calls, skew=SKEWS, stale=st.none()),
    st.builds(Calls, skew=SKEWS, stale=st.none() | st.integers(0, 2)),
    st.sampled_from([*Mode]),
    st.floats(0, 40),
)


def about_to_take_over() -> World:
    world = World(ringing=True)
    tick(world)
    return world


def about_to_fail_back() -> World:
    world = taken_over()
    tick(world, times=20)
    return world


def failing_back() -> World:
    world = about_to_fail_back()
    fail_back(world)
    return world


STARTS = {
    "asleep": World,
    "ringing": about_to_take_over,
    "healthy": about_to_fail_back,
    "draining": failing_back,
}


class ControllerUnderFaults(RuleBasedStateMachine):
    """Any order of calls, faults, and things that happen; whatever it was, the controller comes to rest."""

    @initialize(start=st.sampled_from(list(STARTS)))
    def begin(self, start: str) -> None:
        self.world = STARTS[start]()
        self.running: list[Invocation] = []
        self.number = 0

    @rule(events=st.lists(EVENTS, min_size=1, max_size=25))
    def things_happen_at_once(self, events: list[Happening]) -> None:
        for happening in events:
            match happening:
                case Calls(skew=skew, stale=None):
                    self._invoke(skew, None)
                case Calls(skew=skew, stale=int(stale)):
                    self._invoke(skew, {"takeover": self.world.state.transition - stale})
                case GoesOn(which=which, calls=calls, fault=fault) if self.running:
                    self._go_on(self.running[which % len(self.running)], calls, fault)
                case Mode():
                    self.world.mode = happening
                case float():
                    pass_time(self.world, happening)
            self.running = [each for each in self.running if not each.over]

    @rule()
    def all_invocations_come_to_their_end(self) -> None:
        for each in self.running:
            each.finish()
        self.running = []

    @rule(seconds=st.one_of(st.floats(30, 120), st.floats(120, 2000), st.sampled_from([300.0, 600.0, 900.0])))
    def time_passes(self, seconds: float) -> None:
        pass_time(self.world, seconds)

    @rule(times=st.integers(1, 8))
    def minutes_pass_without_a_fault(self, times: int) -> None:
        tick(self.world, times=times)

    @rule(ringing=st.sampled_from([True, True, False, None]))
    def the_alarm_changes(self, ringing: bool | None) -> None:  # noqa: FBT001 - a rule's argument
        self.world.ringing = ringing

    @rule(mode=st.sampled_from([Mode.AUTO, Mode.AUTO, *Mode]))
    def people_set_the_parameter(self, mode: Mode) -> None:
        self.world.mode = mode

    @rule(name=st.sampled_from([each.name for each in SETTINGS.sleepers]))
    def something_breaks_or_is_mended(self, name: str) -> None:
        self.world.broken ^= {name}

    @rule(name=st.sampled_from([each.name for each in SETTINGS.sleepers]))
    def a_deployment_puts_something_to_sleep(self, name: str) -> None:
        self.world.awake[name] = False

    @invariant()
    def nothing_went_wrong(self) -> None:
        if hasattr(self, "world"):
            assert self.world.wrong == []

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for each in self.running:
            each.proceed(Fault.KILLED)
        world = self.world
        world.broken, world.mode, world.ringing = set(), Mode.AUTO, True
        tick(world, times=20)
        self._rests(Phase.STANDBY, awake=True)
        world.ringing = False
        tick(world, times=20)
        fail_back(world)
        tick(world, times=10)
        self._rests(Phase.PRIMARY, awake=False)

    def _rests(self, phase: Phase, *, awake: bool) -> None:
        world = self.world
        assert world.wrong == []
        assert world.state.phase is phase
        assert world.state.leased_by is None
        assert world.all_awake if awake else world.all_asleep
        assert world.published[-1][1] is awake
        assert world.told[-1] == ("The standby has taken over" if awake else "The primary serves again")

    def _invoke(self, skew: float, command: dict[str, object] | None) -> None:
        self.number += 1
        self.running.append(Invocation(self.world, skew=skew, command=command, name=str(self.number)))

    def _go_on(self, invocation: Invocation, calls: int, fault: Fault) -> None:
        for _ in range(calls):
            invocation.proceed()
        invocation.proceed(fault)


ControllerUnderFaults.TestCase.settings = settings(
    settings.get_profile(settings.get_current_profile_name()), stateful_step_count=25
)
TestControllerUnderFaults = ControllerUnderFaults.TestCase
