"""The worst case of a failover, as a sum that is shown and held against objectives."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    AlarmHealthCheck,
    CalculatedHealthCheck,
    EndpointHealthCheck,
    FailoverRecord,
    TakeOverHealthCheck,
)
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.failover.failover_plan import PLAN_METADATA, FailoverPlan, Replication
from constructs_lib.failover.plan_steps import PlanStep, WorstCase
from constructs_lib.failover.standby import ColdStandby
from tests.failover.parts import (
    AZURE,
    EU,
    US,
    composite_alarm,
    health,
    math_alarm,
    metric,
    plain_alarm,
    stack_in,
    zone,
)
from tests.functions import hardened

Duration = cdk.Duration
SECONDS = Duration.seconds


def record(stack: cdk.Stack, check: Any, **options: Any) -> FailoverRecord:
    given: dict[str, Any] = {"primary": EU, "secondary": US} | options
    return FailoverRecord(
        stack, "Name", zone=zone(stack), record_name="orders", primary_health=check, **given
    )


def plan(stack: cdk.Stack, check: Any, **options: Any) -> FailoverPlan:
    given: dict[str, Any] = {"record": None} | options
    given["record"] = given["record"] or record(stack, check)
    return FailoverPlan(stack, "Plan", detected_by=check, **given)


def seconds(made: FailoverPlan) -> dict[str, float]:
    return {step.what: step.seconds for step in made.recovery_time.steps}


def controller(stack: cdk.Stack, **options: Any) -> FailoverController:
    standby = [ColdStandby(function=hardened(stack).alias)]
    given: dict[str, Any] = {"decided_by": plain_alarm(stack), "standby": standby} | options
    return FailoverController(stack, "Controller", **given)


PROBED = "Route 53 sees that the primary does not answer"
KNOWN = "Route 53's name servers know"
FORGOTTEN = "resolvers forget the primary"
RUNG, SEEN, WOKEN = "the alarm rings", "the controller sees the alarm ringing", "the standby wakes up"


def test_a_hot_standby_is_there_once_the_fault_is_seen_and_forgotten() -> None:
    stack = stack_in()
    made = plan(stack, health(stack))

    assert seconds(made) == {PROBED: 3 * (30 + 6), KNOWN: 10, FORGOTTEN: 60}
    assert made.recovery_time.seconds == 178
    assert made.recovery_point is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"interval": SECONDS(10)}, 3 * 16),
        ({"failure_threshold": 1}, 36),
        ({"search_string": "ok", "failure_threshold": 2}, 2 * 38),
        ({"answer_age": SECONDS(5)}, 5 + 3 * 36),
    ],
)
def test_interval_threshold_and_waiting_for_an_answer_make_the_time_of_an_endpoint(
    options: dict[str, Any], expected: int
) -> None:
    stack = stack_in()
    assert seconds(plan(stack, health(stack, **options)))[PROBED] == expected


def test_the_ttl_of_a_name_outside_aws_is_that_of_its_record() -> None:
    stack = stack_in()
    check = health(stack)
    made = plan(stack, check, record=record(stack, check, secondary=AZURE, ttl=SECONDS(5)))

    assert seconds(made)[FORGOTTEN] == 5


def test_what_has_to_be_woken_adds_the_alarm_the_damping_and_the_wake_up() -> None:
    stack = stack_in("us-west-2")
    made = plan(stack, health(stack), controller=controller(stack))

    assert seconds(made) == {PROBED: 108, RUNG: 120, SEEN: 2 * (60 + 60), WOKEN: 30, KNOWN: 10, FORGOTTEN: 60}


def test_a_secondary_that_cannot_be_probed_asleep_has_to_become_healthy() -> None:
    stack = stack_in("us-west-2")
    second = health(stack, "Second", interval=SECONDS(10))
    made = plan(stack, health(stack), controller=controller(stack), secondary_health=second)

    assert seconds(made)["Route 53 sees that the standby answers"] == 48


def test_settings_of_controller_and_alarm_make_the_time() -> None:
    stack = stack_in("us-west-2")
    alarm = cloudwatch.Alarm(
        stack, "Fast", metric=metric(), threshold=1, evaluation_periods=3, datapoints_to_alarm=2
    )
    quick = ControllerSettings(observations=1, wake_up_limit=SECONDS(5))
    made = plan(stack, health(stack), controller=controller(stack, decided_by=alarm, settings=quick))

    found = seconds(made)
    assert (found[RUNG], found[SEEN], found[WOKEN]) == (3 * 60, 120, 5)


def test_the_slowest_of_several_health_checks_counts() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    both = CalculatedHealthCheck(stack, "Both", children=[health(stack), take_over], at_least=2)
    made = plan(stack, both, controller=controller(stack, take_over=take_over, standby=[]))

    assert list(seconds(made)) == [
        RUNG,
        SEEN,
        WOKEN,
        "Route 53 sees that the standby has taken over",
        KNOWN,
        FORGOTTEN,
    ]
    assert seconds(made)["Route 53 sees that the standby has taken over"] == 60


def test_an_alarm_that_decides_adds_its_own_time_and_that_of_publishing_it() -> None:
    stack = stack_in()
    check = AlarmHealthCheck(stack, "Alarm", alarm=math_alarm(stack))
    made = plan(stack, check)

    assert seconds(made) == {
        RUNG: (3 + 1) * 60,
        "the alarm's state is published": 120,
        "Route 53 sees what is published": 60,
        KNOWN: 10,
        FORGOTTEN: 60,
    }


def test_the_time_of_a_composite_alarm_is_given() -> None:
    stack = stack_in()
    check = AlarmHealthCheck(stack, "Alarm", alarm=composite_alarm(stack))
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Plan: how fast detected_by rings is not known. Give alarm"
    ):
        plan(stack, check)
    made = plan(stack, check, alarm_time=SECONDS(90), record=stack.node.find_child("Name"))
    assert seconds(made)[RUNG] == 90


def test_an_objective_that_holds_is_taken() -> None:
    stack = stack_in()
    made = plan(stack, health(stack), recovery_time_objective=Duration.minutes(3))

    assert made.recovery_time.seconds <= 180


def test_fails_with_the_sum_when_the_time_objective_cannot_hold() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError) as raised:
        plan(stack, health(stack, failure_threshold=4), recovery_time_objective=Duration.minutes(3))
    text = str(raised.value)

    assert text.startswith("Stack/Plan: recovery_time_objective is 180 s, and the worst case is longer.")
    assert "Recovery time: 214 s" in text
    assert "144 s  Route 53 sees that the primary does not answer: 4 requests in a row x (30 s" in text
    assert stack.node.try_find_child("Plan") is None


def test_the_data_that_is_furthest_behind_is_what_may_be_lost() -> None:
    stack = stack_in()
    made = plan(
        stack,
        health(stack),
        replicates=[
            Replication(data="orders", lag=SECONDS(0)),
            Replication(data="carts", lag=SECONDS(20), source="the alarm on replication latency"),
        ],
        recovery_point_objective=SECONDS(20),
    )

    assert made.recovery_point is not None
    assert made.recovery_point.seconds == 20
    assert "carts: replication lag (the alarm on replication latency)" in made.explain()


def test_fails_with_the_sum_when_the_point_objective_cannot_hold() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=r"recovery_point_objective is 5 s(.|\n)*20 s  orders"):
        plan(
            stack,
            health(stack),
            replicates=[Replication(data="orders", lag=SECONDS(20))],
            recovery_point_objective=SECONDS(5),
        )


def test_a_point_objective_without_data_is_refused() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match="replicates names no data"):
        plan(stack, health(stack), recovery_point_objective=SECONDS(5))


def test_the_plan_is_in_the_assembly() -> None:
    stack = stack_in()
    made = plan(stack, health(stack), recovery_time_objective=Duration.minutes(3))
    cdk.CfnResource(stack, "Anything", type="AWS::CloudFormation::WaitConditionHandle")
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    app.synth()
    written = json.loads(Path(app.outdir, f"{stack.artifact_id}.metadata.json").read_text())

    (entry,) = [each for each in written["/Stack/Plan"] if each["type"] == PLAN_METADATA]
    assert entry["data"] == made.to_json()
    assert entry["data"]["name"] == "orders.example.com"
    assert entry["data"]["recovery_time"]["seconds"] == 178
    assert entry["data"]["objectives"] == {"recovery_time_objective": 180}


def test_fails_where_nobody_publishes_what_the_health_check_waits_for() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    with pytest.raises(ConfigurationError, match="no controller publishes for it"):
        plan(stack, take_over)


@pytest.mark.parametrize("what", ["interval", "ttl"])
def test_a_time_that_is_known_only_at_deployment_is_refused(what: str) -> None:
    stack = stack_in()
    token = Duration.seconds(cdk.Token.as_number({"Ref": "Given"}))
    probed: dict[str, Any] = {"interval": token} if what == "interval" else {}
    check = health(stack, **probed)
    options: dict[str, Any] = {"secondary": AZURE, "ttl": token} if what == "ttl" else {}
    with pytest.raises(ConfigurationError, match="known only at deployment"):
        plan(stack, check, record=record(stack, check, **options))


def test_fails_on_a_health_check_whose_times_are_not_known() -> None:
    stack = stack_in()
    imported = EndpointHealthCheck.from_health_check_id(stack, "Theirs", "abc")
    with pytest.raises(ConfigurationError, match="whose times are not known"):
        plan(stack, imported)


def test_a_worst_case_shows_its_arithmetic_line_by_line() -> None:
    case = WorstCase(
        name="Recovery time",
        steps=[
            PlanStep(what="one", seconds=1, arithmetic="1 x 1"),
            PlanStep(what="two", seconds=2.5, arithmetic="2 + 0.5", source="https://example.com"),
        ],
    )

    assert case.explain().splitlines() == [
        "Recovery time: 3.5 s",
        "       1 s  one: 1 x 1",
        "     2.5 s  two: 2 + 0.5 (https://example.com)",
    ]
