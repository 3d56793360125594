"""The steps of a Region switch plan, with the failover controller's own logic behind them."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from failover_controller.model import Mode, Phase
from region_switch import Controller, NotYetError, RefusedError, handler
from region_switch import fail_back as step_back
from region_switch import take_over as step_over

from local_cloud import LocalCloud
from tests.failover.controller_world import Invocation, World, pass_time, taken_over, tick

Answer = dict[str, Any]


@dataclass
class Reached:
    """A controller in a world of its own, reached as a step reaches it."""

    world: World
    left: float = 150.0
    asked: list[Mapping[str, object]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """What it answers to the next calls in place of what it would."""

    def ask(self, event: Mapping[str, object]) -> Answer:
        if event.get("command") == "status":
            state = self.world.state
            return {
                "phase": str(state.phase),
                "has_taken_over": state.has_taken_over,
                "takeover": state.transition,
            }
        self.asked.append(event)
        if self.answers:
            return self.answers.pop(0)
        command = dict(event) if event.get("command") else None
        invocation = Invocation(self.world, command=command).finish()
        return {"failed": str(invocation.error)} if invocation.error else invocation.answer or {}

    def say(self, mode: str) -> None:
        self.world.mode = Mode(mode)

    def sleep(self, seconds: float) -> None:
        self.left -= seconds
        pass_time(self.world, seconds)

    def does(self, step: Callable[[Controller], Answer]) -> Answer:
        return step(
            Controller(
                mode=lambda: str(self.world.mode),
                say=self.say,
                ask=self.ask,
                patience=65,
                remaining=lambda: self.left,
                sleep=self.sleep,
            )
        )


def standby() -> World:
    """The standby has taken over by a plan, and the primary has been well for long enough."""
    world = World()
    Reached(world).does(step_over)
    tick(world, times=20)
    return world


def test_the_standby_takes_over_although_the_primary_is_well_and_stays() -> None:
    world = World()
    status = Reached(world).does(step_over)

    assert status["has_taken_over"]
    assert world.all_awake
    assert world.published[-1][1]
    tick(world, times=60)
    assert (world.state.phase, world.mode) == (Phase.STANDBY, Mode.STANDBY)


def test_a_second_takeover_changes_nothing() -> None:
    world = standby()
    before = list(world.changes)
    Reached(world).does(step_over)

    assert world.changes == before


def test_a_takeover_by_the_alarm_is_kept_by_the_plan() -> None:
    world = taken_over()
    Reached(world).does(step_over)

    assert (world.state.phase, world.mode) == (Phase.STANDBY, Mode.STANDBY)


def test_it_waits_for_another_invocation_that_is_at_work() -> None:
    reached = Reached(World(), answers=[{"busy": True}])
    status = reached.does(step_over)

    assert status["has_taken_over"]
    assert len(reached.asked) == 2


def test_a_takeover_is_done_although_something_never_wakes_up() -> None:
    world = World(broken={"mail"})
    assert Reached(world).does(step_over)["has_taken_over"]
    assert world.awake == {"orders": True, "mail": False, "report": True}


def test_a_takeover_that_is_not_done_in_time_fails_and_is_tried_again() -> None:
    world = World()
    slow = Reached(world, left=80.0, answers=[{"busy": True}] * 9)
    with pytest.raises(NotYetError, match=r'at PRIMARY, and answered \{"busy": true\}'):
        slow.does(step_over)

    assert Reached(world).does(step_over)["has_taken_over"]


def test_a_controller_that_cannot_say_where_it_stands_fails_the_step() -> None:
    def ask(_event: Mapping[str, object]) -> Answer:
        return {"failed": {"errorMessage": "the table is gone"}}

    controller = Controller(
        mode=lambda: "standby",
        say=lambda _: None,
        ask=ask,
        patience=1,
        remaining=lambda: 0,
        sleep=lambda _: None,
    )
    for step in (step_over, step_back):
        with pytest.raises(NotYetError, match="the table is gone"):
            step(controller)


@pytest.mark.parametrize("mode", [Mode.FROZEN, Mode.PRIMARY])
def test_what_people_have_set_by_hand_is_not_overruled_by_a_takeover(mode: Mode) -> None:
    world = World(mode=mode)
    with pytest.raises(RefusedError, match=f"says {mode}.*Set it to auto first"):
        Reached(world).does(step_over)

    assert (world.mode, world.state.phase) == (mode, Phase.PRIMARY)


def test_it_fails_back_by_the_guarded_command_and_hands_the_decision_to_the_alarm_again() -> None:
    world = standby()
    reached = Reached(world)
    status = reached.does(step_back)

    assert status["phase"] == "RELEASING"
    assert reached.asked == [{"command": "fail_back", "takeover": 1}]
    assert world.mode is Mode.AUTO
    assert not world.published[-1][1]
    tick(world, times=10)
    assert world.state.phase is Phase.PRIMARY
    assert world.all_asleep
    assert world.wrong == []


def test_failing_back_too_soon_is_refused_and_the_standby_stays() -> None:
    world = World()
    Reached(world).does(step_over)
    with pytest.raises(RefusedError, match="does not fail back: the last change is less than 600 s ago"):
        Reached(world).does(step_back)

    tick(world, times=3)
    assert world.state.phase is Phase.STANDBY


def test_failing_back_to_a_primary_that_is_down_is_refused_until_it_has_been_well() -> None:
    world = standby()
    world.ringing = True
    tick(world, times=3)
    with pytest.raises(RefusedError, match="has not been seen silent"):
        Reached(world).does(step_back)

    world.ringing = False
    tick(world, times=20)
    assert Reached(world).does(step_back)["phase"] == "RELEASING"


def test_failing_back_twice_changes_nothing() -> None:
    world = standby()
    Reached(world).does(step_back)
    before = list(world.changes)
    again = Reached(world)
    again.does(step_back)

    assert world.changes == before
    assert again.asked == []


def test_failing_back_goes_on_where_people_have_said_primary() -> None:
    world = standby()
    world.mode = Mode.PRIMARY
    assert Reached(world).does(step_back)["phase"] == "RELEASING"
    assert world.mode is Mode.PRIMARY


def test_a_frozen_controller_does_not_fail_back() -> None:
    world = standby()
    world.mode = Mode.FROZEN
    with pytest.raises(RefusedError, match="says frozen"):
        Reached(world).does(step_back)

    assert (world.mode, world.state.phase) == (Mode.FROZEN, Phase.STANDBY)


def test_failing_back_waits_for_another_invocation_that_is_at_work() -> None:
    reached = Reached(standby(), answers=[{"busy": True}])

    assert reached.does(step_back)["phase"] == "RELEASING"
    assert len(reached.asked) == 2


SERVES = """
def handler(event, context):
    assert event in ({}, {"command": "status"}), event
    return {"phase": "STANDBY", "has_taken_over": True, "takeover": 1}
"""
FAILS = """
def handler(event, context):
    raise RuntimeError("the table is gone")
"""


def zipped(code: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", code)
    return data.getvalue()


class Context:
    """What Lambda gives a function."""

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


def run_step(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, code: str
) -> tuple[Callable[[], Answer], Any, str]:
    """The step that takes over, with real clients: what runs it, a client of SSM, and the parameter."""
    parameter = f"mode-{uuid4().hex[:8]}"
    name = f"controller-{uuid4().hex[:8]}"
    ssm, lambda_ = cloud.client("ssm", "us-west-2"), cloud.client("lambda", "us-west-2")
    ssm.put_parameter(Name=parameter, Value="auto", Type="String")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role="arn:aws:iam::000000000000:role/anything",
        Handler="index.handler",
        Code={"ZipFile": zipped(code)},
        Publish=True,
    )
    alias = lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")["AliasArn"]
    for variable, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-west-2",
        "SWITCH_STEP": "take_over",
        "SWITCH_PARAMETER": parameter,
        "SWITCH_CONTROLLER": alias,
        "SWITCH_PATIENCE": "15",
    }.items():
        monkeypatch.setenv(variable, value)
    return lambda: handler({"whatever": "Region switch says"}, Context()), ssm, parameter


def test_the_function_sets_the_parameter_and_asks_the_controller(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ssm, parameter = run_step(cloud, monkeypatch, SERVES)

    assert run() == {"phase": "STANDBY", "has_taken_over": True, "takeover": 1}
    assert ssm.get_parameter(Name=parameter)["Parameter"]["Value"] == "standby"


def test_an_error_of_the_controller_fails_the_function(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _, _ = run_step(cloud, monkeypatch, FAILS)

    with pytest.raises(NotYetError, match=r"cannot say where it stands.*the table is gone"):
        run()
