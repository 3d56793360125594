import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import (
    STATE_MACHINE_ALARMS,
    StateMachineAlarms,
    StateMachineAlarmSettings,
)
from constructs_lib.checks import ConfigurationError
from constructs_lib.replay.evaluation import evaluate
from tests.alarms.services.watching import ALARM, COMPOSITE, alarm, dimensions, metrics, names
from tests.graph import references
from tests.metric_math import compute
from tests.synthesis import fresh_stack, number_token, synthesize

COMPLETE = StateMachineAlarmSettings(profile=Profile.COMPLETE)
Duration = cdk.Duration
ARN = "arn:aws:states:eu-west-1:111111111111:stateMachine:"


def a_machine(stack: cdk.Stack, **more: Any) -> sfn.StateMachine:
    body = sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass"))
    return sfn.StateMachine(stack, "Machine", definition_body=body, **more)


def express(stack: cdk.Stack) -> sfn.StateMachine:
    return a_machine(stack, state_machine_type=sfn.StateMachineType.EXPRESS)


def imported(stack: cdk.Stack, name: str = "orders") -> sfn.IStateMachine:
    return sfn.StateMachine.from_state_machine_arn(stack, "Machine", f"{ARN}{name}")


def test_a_state_machine_has_the_essential_alarms() -> None:
    stack = fresh_stack()
    alarms = StateMachineAlarms(stack, "Alarms", state_machine=a_machine(stack))

    found = synthesize(stack)

    assert set(alarms.names) == {"executions_failed", "executions_timed_out"}
    machine = {"Ref": found.only_id("AWS::StepFunctions::StateMachine")}
    for name, metric in (("failed", "ExecutionsFailed"), ("timed_out", "ExecutionsTimedOut")):
        each = alarm(found, f"executions_{name}")
        assert (each["Namespace"], each["MetricName"], each["Statistic"]) == ("AWS/States", metric, "Sum")
        assert dimensions(each) == {"StateMachineArn": machine}
        assert (each["Threshold"], each["DatapointsToAlarm"], each["EvaluationPeriods"]) == (1, 1, 1)
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))


def test_the_failure_rate_is_a_share_of_the_executions_that_ended() -> None:
    stack = fresh_stack()
    StateMachineAlarms(stack, "Alarms", state_machine=imported(stack), settings=COMPLETE)

    rate = alarm(synthesize(stack), "failure_rate")

    assert {each["MetricName"] for each in metrics(rate).values()} == {
        "ExecutionsSucceeded",
        "ExecutionsFailed",
        "ExecutionsTimedOut",
    }
    series: dict[str, list[float | None]] = {
        "succeeded": [90, 5, None, None],
        "failed": [6, 5, 30, None],
        "timed_out": [4, None, 10, None],
    }
    assert compute(rate["Metrics"][0]["Expression"], series) == [10, 0, 100, 0]


@pytest.mark.parametrize(
    ("make", "timeout", "threshold"),
    [
        (a_machine, Duration.hours(1), 2_880_000),
        (imported, Duration.seconds(10), 8_000),
        (express, None, 240_000),
        (express, Duration.minutes(1), 48_000),
    ],
)
def test_the_slowest_executions_are_held_against_the_timeout(
    make: Any, timeout: cdk.Duration | None, threshold: float
) -> None:
    stack = fresh_stack()
    alarms = StateMachineAlarms(
        stack, "Alarms", state_machine=make(stack), timeout=timeout, settings=COMPLETE
    )

    time = alarm(synthesize(stack), "execution_time")

    assert set(alarms.names) == names(STATE_MACHINE_ALARMS, Profile.COMPLETE)
    assert (time["MetricName"], time["ExtendedStatistic"]) == ("ExecutionTime", "p99")
    assert time["Threshold"] == pytest.approx(threshold)


@pytest.mark.parametrize("make", [a_machine, imported])
def test_without_a_known_timeout_there_is_no_alarm_on_the_time(make: Any) -> None:
    stack = fresh_stack()
    alarms = StateMachineAlarms(stack, "Alarms", state_machine=make(stack), settings=COMPLETE)

    assert set(alarms.names) == names(STATE_MACHINE_ALARMS, Profile.COMPLETE) - {"execution_time"}


def test_fails_with_a_name_that_cloudwatch_has_no_metrics_under() -> None:
    stack = fresh_stack()
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: .*B\u00fccher.* could never ring\. Give it a name"
    ):
        StateMachineAlarms(stack, "Alarms", state_machine=imported(stack, "B\u00fccher"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"state_machine": "orders"}, "state_machine is 'orders'. Give an aws_cdk.aws_stepfunctions.Sta"),
        ({"timeout": 30}, "timeout is 30. Give a duration"),
        ({"timeout": Duration.millis(10)}, "timeout is 0.01. Give a whole number from 1 to 31,536,000"),
    ],
)
def test_fails_with_what_no_state_machine_has(arguments: dict[str, Any], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        StateMachineAlarms(stack, "Alarms", **{"state_machine": imported(stack), **arguments})


def test_fails_with_a_timeout_that_express_workflows_cannot_have() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"timeout is 301\. Give a whole number from 1 to 300"):
        StateMachineAlarms(stack, "Alarms", state_machine=express(stack), timeout=Duration.seconds(301))


def test_fails_with_a_timeout_that_is_known_only_at_deployment() -> None:
    stack = fresh_stack()
    timeout = Duration.seconds(number_token(stack))
    with pytest.raises(ConfigurationError, match="timeout is known only at deployment"):
        StateMachineAlarms(stack, "Alarms", state_machine=imported(stack), timeout=timeout)


def test_fails_on_the_arn_of_an_alias() -> None:
    stack = fresh_stack()
    alias = "arn:aws:states:eu-west-1:111111111111:stateMachine:orders:live"
    machine = sfn.StateMachine.from_state_machine_arn(stack, "Machine", alias)

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: state_machine .* that of a version or an alias"
    ):
        StateMachineAlarms(stack, "Alarms", state_machine=machine)


def test_one_slow_execution_is_enough() -> None:
    stack = fresh_stack()
    machine = sfn.StateMachine.from_state_machine_name(stack, "Machine", "nightly")
    settings = StateMachineAlarmSettings(profile=Profile.STANDARD)
    StateMachineAlarms(
        stack, "Alarms", state_machine=machine, timeout=cdk.Duration.hours(1), settings=settings
    )

    found = alarm(synthesize(stack), "execution_time")

    assert evaluate(found, [None, None, 2_880_000], "OK") == "ALARM"
    assert evaluate(found, [None, None, 2_870_000], "OK") == "OK"
