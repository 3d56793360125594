"""What the controller does, call by call, in a world that behaves until it is told not to."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from failover_controller.controller import IncompleteError
from failover_controller.decisions import directed, observed, refusal_to_fail_back
from failover_controller.model import CLOCK_TOLERANCE, Mode, Observation, Phase, State
from hypothesis import given
from hypothesis import strategies as st

from tests.failover.controller_world import (
    SETTINGS,
    SLEEPERS,
    Fault,
    Invocation,
    World,
    fail_back,
    pass_time,
    taken_over,
    tick,
)


def phase_of(world: World) -> Phase:
    return world.state.phase


def until(invocation: Invocation, call: str) -> Invocation:
    """Let it go on until it is about to make `call`."""
    while not invocation.over and invocation.waits_for != call:
        invocation.proceed()
    assert invocation.waits_for == call
    return invocation


def released(world: World) -> World:
    """Let names lead to the primary again."""
    tick(world, times=20)
    answer = fail_back(world).answer
    assert answer is not None
    assert answer["failing_back"] is True
    return world


# Taking over


def test_one_ringing_observation_is_not_enough() -> None:
    world = World(ringing=True)
    tick(world)

    assert phase_of(world) is Phase.PRIMARY
    assert world.all_asleep
    assert world.published == [(world.now, False)]


def test_the_standby_takes_over_once_the_alarm_was_seen_ringing_often_enough() -> None:
    world = World(ringing=True)
    tick(world, times=2)

    assert phase_of(world) is Phase.STANDBY
    assert world.all_awake
    assert [value for _, value in world.published] == [False, False, True]
    assert world.told == ["The standby has taken over"]


def test_several_calls_at_the_same_moment_are_one_observation() -> None:
    world = World(ringing=True)
    tick(world, times=5, every=1)

    assert phase_of(world) is Phase.PRIMARY


def test_a_silent_observation_starts_counting_anew() -> None:
    world = World()
    for ringing in (True, False, True):
        world.ringing = ringing
        tick(world)

    assert phase_of(world) is Phase.PRIMARY


def test_observations_with_a_gap_between_them_are_not_in_a_row() -> None:
    world = World(ringing=True)
    tick(world, times=2, every=SETTINGS.gap + 1)

    assert phase_of(world) is Phase.PRIMARY


def test_an_alarm_without_data_is_no_observation() -> None:
    world = World(ringing=True)
    tick(world)
    world.ringing = None
    tick(world)
    assert phase_of(world) is Phase.PRIMARY
    world.ringing = True
    tick(world)
    assert phase_of(world) is Phase.STANDBY


def test_nothing_leads_to_the_standby_before_it_is_awake() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    until(Invocation(world), f"ensure {SLEEPERS[-1].name}")

    assert all(value is False for _, value in world.published)


def test_what_does_not_wake_up_delays_the_standby_only_so_long() -> None:
    world = World(ringing=True, broken={"mail"})
    tick(world)
    began = world.now + 60
    last = tick(world)

    assert isinstance(last.error, IncompleteError)
    assert "waking mail failed" in str(last.error)
    assert phase_of(world) is Phase.STANDBY
    assert world.awake == {"orders": True, "mail": False, "report": True}
    assert world.now - began <= SETTINGS.wake_up_limit + 2
    assert world.told == ["The standby is taking over", "The standby has taken over"]


def test_what_did_not_wake_up_is_tried_again_every_time() -> None:
    world = World(ringing=True, broken={"mail"})
    tick(world, times=3)
    world.broken.clear()
    tick(world)

    assert world.all_awake
    assert world.records[-1].detail == "mail, which slept again"


def slow_wake_up(world: World) -> Invocation:
    """An invocation whose first call takes so long that there is no time for another."""
    tick(world)
    pass_time(world, 60)
    slow = until(Invocation(world), "ensure orders")
    pass_time(world, 52)
    return slow.finish()


def test_the_standby_takes_over_in_time_even_if_not_everything_could_be_tried() -> None:
    world = World(ringing=True)
    slow = slow_wake_up(world)
    assert "not everything could be tried" in str(slow.error)
    assert (phase_of(world), world.published[-1][1]) == (Phase.STANDBY, True)
    assert world.awake == {"orders": True, "mail": False, "report": False}
    tick(world)
    assert world.all_awake


def test_what_there_is_no_time_for_is_left_to_the_next_invocation() -> None:
    world = World(ringing=True, settings=replace(SETTINGS, wake_up_limit=100))
    slow = slow_wake_up(world)
    assert "WAKING goes on with the next invocation" in str(slow.error)
    assert (phase_of(world), world.state.leased_by) == (Phase.WAKING, None)
    tick(world, every=10)
    assert (phase_of(world), world.all_awake) == (Phase.STANDBY, True)


def test_what_a_deployment_put_to_sleep_is_woken_again() -> None:
    world = taken_over()
    world.awake["orders"] = False
    tick(world)

    assert world.all_awake


def test_it_stays_so_whatever_the_alarm_says() -> None:
    world = taken_over()
    tick(world, times=100)

    assert phase_of(world) is Phase.STANDBY


@pytest.mark.parametrize("fault", [Fault.KILLED, Fault.KILLED_LATE, Fault.LOST, Fault.REFUSED])
@pytest.mark.parametrize("call", ["ensure orders", "ensure report", "save", "publish", "tell"])
def test_an_end_midway_is_gone_on_from(fault: Fault, call: str) -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    invocation = until(Invocation(world), "ensure orders")
    if call != "ensure orders":
        until(invocation, call)
    invocation.proceed(fault)
    while not invocation.over:
        invocation.proceed()
    tick(world, times=3)

    assert phase_of(world) is Phase.STANDBY
    assert world.all_awake
    assert world.published[-1][1] is True
    assert world.told[-1] == "The standby has taken over"
    assert world.wrong == []


def test_steps_that_are_done_are_not_repeated() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    until(Invocation(world), "ensure report").proceed(Fault.KILLED)
    pass_time(world, SETTINGS.lease + 10)
    invocation = Invocation(world)
    calls = []
    while not invocation.over:
        calls.append(invocation.waits_for)
        invocation.proceed()

    assert [call for call in calls if call and call.startswith("ensure")] == ["ensure report"]


# Two at once


def test_of_two_invocations_one_works_and_the_other_leaves() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    first, second = Invocation(world), Invocation(world)
    until(first, "ensure orders")
    second.finish()
    assert second.answer is not None
    assert second.answer["busy"] is True
    assert world.all_asleep
    first.finish()
    assert world.all_awake


def test_an_invocation_that_read_the_state_before_another_wrote_it_leaves() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    slow = until(Invocation(world), "save")
    Invocation(world).finish()
    before = len(world.records)
    slow.finish()

    assert slow.answer == {"busy": True}
    assert len(world.records) == before


def test_the_lease_of_an_invocation_that_was_ended_runs_out() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    until(Invocation(world), "ensure orders").proceed(Fault.KILLED)
    assert tick(world).answer == {"busy": True, **(tick(world, every=0).answer or {})}
    tick(world)

    assert phase_of(world) is Phase.STANDBY


# Failing back


def test_failing_back_puts_the_standby_to_sleep_once_names_have_drained() -> None:
    world = released(taken_over())
    assert world.published[-1] == (world.now, False)
    assert world.all_awake
    tick(world, times=4)
    assert world.all_awake
    tick(world, times=2)

    assert phase_of(world) is Phase.PRIMARY
    assert world.all_asleep
    assert world.told[-2:] == ["The standby is failing back", "The primary serves again"]
    assert world.wrong == []


def refused(world: World, **command: Any) -> str:
    answer = tick(world, every=1, command={"takeover": world.state.transition} | command).answer
    assert answer is not None
    assert answer["failing_back"] is False
    assert phase_of(world) is not Phase.RELEASING
    reason: str = answer["refused"]
    assert world.records[-1].detail.endswith(reason)
    return reason


def test_failing_back_is_refused_until_the_primary_was_well_for_long_enough() -> None:
    world = taken_over()
    tick(world, times=12)

    assert "has been silent for 6" in refused(world)
    assert "of 900 s" in refused(world)


def test_failing_back_is_refused_while_the_alarm_rings() -> None:
    world = taken_over()
    world.ringing = True
    tick(world, times=30)

    assert "has not been seen silent" in refused(world)


def test_failing_back_is_refused_when_the_alarm_was_not_watched_all_the_time() -> None:
    world = taken_over()
    tick(world)
    pass_time(world, 5000)

    assert "has been silent for 0 of 900 s" in refused(world)


def test_a_command_that_names_another_takeover_is_refused() -> None:
    world = taken_over()
    tick(world, times=30)

    assert refused(world, takeover=7) == "the command names takeover 7, and the present one is 1"


def test_a_command_that_comes_twice_does_nothing() -> None:
    world = released(taken_over())
    command: dict[str, object] = {"takeover": 1}
    tick(world, times=6)
    world.ringing = True
    tick(world, times=20)
    assert phase_of(world) is Phase.STANDBY
    world.ringing = False
    tick(world, times=20)
    answer = tick(world, command=command).answer

    assert answer is not None
    assert answer["refused"] == "the command names takeover 1, and the present one is 3"


def test_failing_back_needs_a_takeover() -> None:
    assert refused(World()) == "the phase is PRIMARY"


def test_names_that_could_not_be_led_back_keep_the_standby_awake() -> None:
    world = taken_over()
    tick(world, times=20)
    pass_time(world, 60)
    invocation = until(Invocation(world, command={"takeover": 1}), "publish")
    invocation.proceed(Fault.REFUSED)
    invocation.finish()
    for _ in range(20):
        pass_time(world, 60)
        each = until(Invocation(world), "publish")
        each.proceed(Fault.REFUSED)
        each.finish()
    assert world.all_awake
    tick(world, times=7)

    assert world.all_asleep
    assert world.wrong == []


def test_a_primary_that_fails_again_while_names_drain_is_taken_over_again() -> None:
    world = released(taken_over(between=120))
    world.ringing = True
    tick(world, times=3)

    assert phase_of(world) is Phase.STANDBY
    assert world.all_awake
    assert world.wrong == []


def test_a_standby_stays_awake_while_the_primary_that_fails_again_may_lead_users_to_it() -> None:
    world = released(taken_over())
    world.ringing = True
    for _ in range(15):
        tick(world)
        assert world.all_awake

    assert phase_of(world) is Phase.STANDBY
    assert world.wrong == []


# Damping


def test_a_primary_that_comes_and_goes_changes_the_direction_only_so_often() -> None:
    world = released(taken_over())
    at = world.now
    world.ringing = True
    while phase_of(world) is not Phase.STANDBY:
        tick(world)

    assert SETTINGS.between <= world.now - at <= SETTINGS.between + 130
    assert world.wrong == []


@given(
    elapsed=st.floats(0, 2000) | st.floats(590, 610), phase=st.sampled_from(Phase), ringing=st.integers(0, 5)
)
def test_no_change_begins_by_itself_too_soon_whatever_two_clocks_say(
    elapsed: float, phase: Phase, ringing: int
) -> None:
    state = State(phase=phase, ringing=ringing, changed_at=0)
    for seen_elapsed in (elapsed - CLOCK_TOLERANCE, elapsed, elapsed + CLOCK_TOLERANCE):
        if directed(state, seen_elapsed, SETTINGS) is not None:
            assert elapsed >= SETTINGS.between
            assert phase in (Phase.PRIMARY, Phase.RELEASING)
            assert ringing >= SETTINGS.observations
    if elapsed >= SETTINGS.between + 2 * CLOCK_TOLERANCE and ringing >= SETTINGS.observations:
        assert (directed(state, elapsed, SETTINGS) is None) is (phase in (Phase.WAKING, Phase.STANDBY))


@given(seen=st.lists(st.tuples(st.floats(0.1, 300), st.sampled_from([True, False, None])), max_size=20))
def test_what_is_counted_is_what_was_seen_in_a_row(seen: list[tuple[float, bool | None]]) -> None:
    state, now = State(), 1000.0
    counted: list[tuple[float, bool]] = []
    for pause, ringing in seen:
        now += pause
        state = observed(state, Observation(ringing=ringing), now, SETTINGS)
        if ringing is not None:
            counted.append((now, ringing))
    if state.ringing >= SETTINGS.observations:
        silent = [n for n, (_, ringing) in enumerate(counted) if not ringing]
        since = counted[silent[-1] + 1 if silent else 0][0]
        assert counted[-1][1] is True
        assert now - since >= SETTINGS.spacing * (SETTINGS.observations - 1)
    if state.healthy_since is not None:
        rang = [when for when, ringing in counted if ringing]
        assert not rang or rang[-1] < state.healthy_since
        watched = [when for when, _ in counted if when >= state.healthy_since]
        assert all(b - a <= SETTINGS.gap for a, b in pairwise(watched))


@given(healthy=st.floats(0, 3000) | st.floats(890, 910), changed=st.floats(0, 3000) | st.floats(590, 610))
def test_failing_back_is_never_allowed_too_soon_whatever_two_clocks_say(
    healthy: float, changed: float
) -> None:
    now = 10_000.0
    state = State(
        phase=Phase.STANDBY,
        transition=1,
        changed_at=now - changed,
        healthy_since=now - healthy - CLOCK_TOLERANCE,
    )
    if refusal_to_fail_back(state, 1, now, SETTINGS) is None:
        assert healthy >= SETTINGS.healthy_for
        assert changed >= SETTINGS.between + CLOCK_TOLERANCE


@given(late=st.lists(st.floats(0, 59), min_size=12, max_size=12), needed=st.integers(1, 5))
def test_a_clock_that_calls_at_any_time_of_each_minute_is_enough(late: list[float], needed: int) -> None:
    settings = replace(SETTINGS, observations=needed)
    state = State()
    for minute, seconds in enumerate(late, start=1):
        now = minute * 60 + seconds
        state = observed(state, Observation(ringing=True), now, settings)
        if state.ringing == needed:
            break

    assert state.ringing == needed
    assert now <= needed * (60 + 60)


# What people say


def test_the_parameter_takes_over_and_fails_back_at_once() -> None:
    world = World(mode=Mode.STANDBY)
    tick(world)
    assert phase_of(world) is Phase.STANDBY
    world.mode = Mode.PRIMARY
    tick(world)
    assert phase_of(world) is Phase.RELEASING
    world.ringing = True
    tick(world, times=60)
    assert phase_of(world) is Phase.PRIMARY


def test_frozen_means_that_nothing_changes() -> None:
    world = World(ringing=True, mode=Mode.FROZEN)
    tick(world, times=10)
    assert (phase_of(world), world.all_asleep) == (Phase.PRIMARY, True)
    world.mode = Mode.AUTO
    tick(world)
    world.mode = Mode.FROZEN
    tick(world, times=60)
    assert (phase_of(world), world.all_awake) == (Phase.STANDBY, True)
    assert refused(world) == "the parameter says frozen"
    assert world.published[-1] == (world.now, True)


def test_frozen_midway_goes_on_once_it_thaws() -> None:
    world = World(ringing=True)
    tick(world)
    pass_time(world, 60)
    until(Invocation(world), "ensure mail").proceed(Fault.KILLED)
    world.mode = Mode.FROZEN
    tick(world, times=10)
    assert world.awake == {"orders": True, "mail": False, "report": False}
    world.mode = Mode.AUTO
    tick(world)
    assert world.all_awake


def test_a_parameter_that_cannot_be_read_says_what_it_said_last() -> None:
    world = World(mode=Mode.FROZEN)
    tick(world)
    world.ringing, world.mode = True, Mode.AUTO
    for _ in range(5):
        pass_time(world, 60)
        invocation = until(Invocation(world), "mode")
        invocation.proceed(Fault.REFUSED)
        invocation.finish()
        assert isinstance(invocation.error, IncompleteError)
    assert phase_of(world) is Phase.PRIMARY
    assert world.state.mode is Mode.FROZEN


def test_an_alarm_that_cannot_be_read_is_no_observation_and_is_told_of() -> None:
    world = World(ringing=True)
    for _ in range(5):
        pass_time(world, 60)
        invocation = until(Invocation(world), "alarm")
        invocation.proceed(Fault.REFUSED)
        invocation.finish()
        assert isinstance(invocation.error, IncompleteError)
    assert (phase_of(world), world.state.ringing) == (Phase.PRIMARY, 0)


# Clocks


@pytest.mark.parametrize("skew", [-1e6, 1e6])
@pytest.mark.parametrize("observations", [1, 2])
def test_a_clock_that_is_all_wrong_for_once_leaves_nothing_stuck(skew: float, observations: int) -> None:
    world = World(ringing=True, settings=replace(SETTINGS, observations=observations))
    if observations > 1:
        tick(world)
    pass_time(world, 60)
    until(Invocation(world, skew=skew), "publish").proceed(Fault.KILLED)
    tick(world, times=20)

    assert phase_of(world) is Phase.STANDBY
    world.ringing = False
    tick(world, times=30)
    fail_back(world)
    tick(world, times=8)
    assert phase_of(world) is Phase.PRIMARY
    assert world.all_asleep


def test_names_drain_anew_each_time() -> None:
    world = released(taken_over())
    tick(world, times=6)
    world.ringing = True
    tick(world, times=20)
    world.ringing = False
    released(world)
    tick(world, times=4)
    assert world.all_awake
    tick(world, times=2)
    assert world.all_asleep
    assert world.wrong == []


def test_every_step_is_recorded() -> None:
    world = released(taken_over())
    tick(world, times=7)
    steps = [name.name for name in SLEEPERS]

    assert [(each.what, each.detail) for each in world.records] == [
        ("WAKING", "the alarm PrimaryDown was seen ringing 2 times in a row"),
        *(("waking", name) for name in steps),
        ("STANDBY", "all is awake"),
        ("RELEASING", "a command said so"),
        *(("putting to sleep", name) for name in reversed(steps)),
        ("PRIMARY", "all is asleep"),
    ]


def test_without_anything_to_wake_names_lead_to_the_standby_at_once() -> None:
    world = World(ringing=True, settings=replace(SETTINGS, sleepers=()))
    tick(world, times=2)

    assert world.published[-1] == (world.now, True)
