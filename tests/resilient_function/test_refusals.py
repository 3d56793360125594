"""Everything that ResilientFunction refuses: one error, before anything is built."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute, AlarmSettings, FunctionAlarmSettings
from constructs_lib.bundling import PythonCode
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    FunctionLogs,
    ProvisionedConcurrency,
    SafeDeployment,
    ScheduledCapacity,
    WarmUp,
)
from constructs_lib.resilient_function import ResilientFunction
from tests.functions import default_function, plain_function
from tests.synthesis import fresh_stack

Duration = cdk.Duration
NOON = autoscaling.Schedule.cron(hour="12", minute="0")
FIXED = FixedProvisionedConcurrency(executions=5)
NOTHING_TO_ROLL_BACK_BY = FunctionAlarmSettings(errors=None, error_rate=None, duration=None)

Options = dict[str, Any]


def scaled(low: int, high: int, **scheduled: Any) -> ProvisionedConcurrency:
    schedules = [ScheduledCapacity(schedule=NOON, **scheduled)] if scheduled else []
    return ProvisionedConcurrency(minimum=low, maximum=high, schedules=schedules)


REFUSED: list[tuple[Options, str]] = [
    ({"memory_size": 64}, "memory_size is 64. Give a whole number from 128 to 10,240 MB."),
    ({"memory_size": 20_000}, "memory_size is 20000."),
    ({"timeout": Duration.minutes(20)}, "timeout is 1200. Give a whole number from 1 to 900 seconds."),
    ({"reserved_concurrency": -1}, "reserved_concurrency is -1."),
    ({"handler": "handler"}, "handler is 'handler', which names no module and function."),
    (
        {"handler": "index", "runtime": lambda_.Runtime.NODEJS_22_X},
        "handler is 'index', which names no module and function.",
    ),
    ({"code": "lambda_src"}, "code is 'lambda_src'. Give an aws_cdk.aws_lambda.Code"),
    ({"code": lambda_.Code.from_asset("no/such/folder")}, "code is at 'no/such/folder'"),
    ({"code": PythonCode.from_folder("no/such/folder")}, ""),
    ({"dead_letters": DeadLetters(retry_attempts=3)}, "dead_letters.retry_attempts is 3."),
    ({"dead_letters": DeadLetters(max_event_age=Duration.days(1))}, "dead_letters.max_event_age is 86400."),
    ({"provisioned_concurrency": scaled(0, 5)}, "provisioned_concurrency.minimum is 0."),
    ({"provisioned_concurrency": scaled(6, 5)}, "provisioned_concurrency.maximum is 5, below its minimum"),
    (
        {"provisioned_concurrency": scaled(1, 11), "reserved_concurrency": 10},
        "provisioned_concurrency reaches 11, more than reserved_concurrency, which is 10.",
    ),
    (
        {"provisioned_concurrency": scaled(1, 5, maximum=11), "reserved_concurrency": 10},
        "provisioned_concurrency reaches 11, more than reserved_concurrency",
    ),
    (
        {"provisioned_concurrency": FIXED, "reserved_concurrency": 0},
        "provisioned_concurrency reaches 5, more",
    ),
    (
        {"provisioned_concurrency": FIXED, "snap_start": lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS},
        "provisioned_concurrency is given together with snap_start.",
    ),
    (
        {"provisioned_concurrency": FixedProvisionedConcurrency(executions=0)},
        "provisioned_concurrency.executions is 0.",
    ),
    (
        {"deployment": SafeDeployment(), "alarms": NOTHING_TO_ROLL_BACK_BY},
        "deployment has no alarms to roll back by: errors, error_rate, duration are all switched off, or",
    ),
    ({"deployment": SafeDeployment(alarms=[])}, "deployment has 0 rollback alarms."),
    (
        {"warm_up": WarmUp(), "provisioned_concurrency": FIXED},
        "warm_up is given together with provisioned_concurrency. Provisioned environments are warm",
    ),
    (
        {"warm_up": WarmUp(), "reserved_concurrency": 0},
        "warm_up is given for a function with reserved_concurrency 0.",
    ),
    ({"warm_up": WarmUp(every=Duration.hours(1))}, "warm_up.every is 60. Give a whole number from 1 to 15"),
    (
        {"alarms": FunctionAlarmSettings(errors=AlarmSettings(period=Duration.seconds(10)))},
        "the alarm errors has a period of 10 s.",
    ),
    (
        {"alarms": FunctionAlarmSettings(duration=AlarmSettings(threshold=80))},
        "the alarm duration has a threshold of 80 of the timeout, which it can never reach.",
    ),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_fails_before_anything_is_built(options: Options, message: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: {re.escape(message)}"):
        default_function(stack, **options)

    assert not stack.node.children


def both(stack: cdk.Stack) -> Options:
    queue = sqs.Queue(stack, "Given")
    return {"dead_letters": DeadLetters(queue=queue, destination=destinations.SqsDestination(queue))}


def fifo(stack: cdk.Stack) -> Options:
    return {"dead_letters": DeadLetters(queue=sqs.Queue(stack, "Given", fifo=True))}


def queue_alarm(stack: cdk.Stack) -> Options:
    other = default_function(stack, "Given")
    return {"deployment": SafeDeployment(alarms=[other.alarms.errors, other.alarms.dead_letter_depth])}


def health_alarm(stack: cdk.Stack) -> Options:
    health = default_function(stack, "Given").alarms.health
    return {"deployment": SafeDeployment(alarms=[health] if health else [])}


def eleven_alarms(stack: cdk.Stack) -> Options:
    errors = default_function(stack, "Given").alarms.errors
    return {"deployment": SafeDeployment(alarms=[errors] * 11)}


def six_actions(stack: cdk.Stack) -> Options:
    return {"alarm_route": AlarmRoute(alarm=[sns.Topic(stack, f"Given{number}") for number in range(6)])}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (both, "dead_letters has both a queue and a destination."),
        (fifo, "dead_letters.queue is a FIFO queue."),
        (queue_alarm, "deployment has a rollback alarm on a queue"),
        (health_alarm, "deployment has a rollback alarm on a queue, or a composite that may cover one."),
        (eleven_alarms, "deployment has 11 rollback alarms."),
        (six_actions, "alarm_route.alarm has 6 actions."),
    ],
)
def test_fails_on_what_it_is_given_to_work_with(given: Callable[[cdk.Stack], Options], message: str) -> None:
    stack = fresh_stack()
    options = given(stack)

    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: {re.escape(message)}"):
        default_function(stack, **options)

    assert stack.node.try_find_child("Orders") is None


def test_fails_on_keywords_that_nobody_knows() -> None:
    stack = fresh_stack()

    with pytest.raises(
        TypeError,
        match=r"unexpected keyword argument.*max_event_age \(here: dead_letters=.*on_failure \(here: ",
    ):
        default_function(stack, on_failure=None, max_event_age=None)

    assert not stack.node.children


def test_fails_with_the_whole_path_of_the_construct() -> None:
    stage = cdk.Stage(fresh_stack(), "Nested")

    with pytest.raises(ConfigurationError, match=r"^Stack/Nested/Shop/Orders: memory_size is 1\."):
        default_function(cdk.Stack(stage, "Shop"), memory_size=1)


def test_warns_where_all_that_is_reserved_may_be_provisioned() -> None:
    stack = fresh_stack()
    default_function(stack, provisioned_concurrency=FIXED, reserved_concurrency=5)

    messages = [entry.data for entry in stack.node.find_child("Orders").node.find_child("Live").node.metadata]

    assert any("may take all 5 reserved executions" in str(message) for message in messages)


def test_a_plain_function_may_be_the_alarm_source_of_a_deployment() -> None:
    stack = fresh_stack()
    alarm = (
        plain_function(stack).metric_errors().create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    )

    made = default_function(
        stack, deployment=SafeDeployment(alarms=[alarm]), alarms=FunctionAlarmSettings.none()
    )

    assert made.deployment_group is not None


def test_fails_on_a_second_deployment_of_one_alias() -> None:
    stack = fresh_stack()
    alias = plain_function(stack).add_alias("live")
    ResilientFunction.around(stack, "First", function=alias, deployment=SafeDeployment())

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Second: the alias Stack/Plain/Aliaslive has a deployment"
    ):
        ResilientFunction.around(
            stack, "Second", function=alias, deployment=SafeDeployment(), dead_letters=None
        )

    assert stack.node.try_find_child("Second") is None


def wrong(kind: Any, **arguments: Any) -> Any:
    """`kind(**arguments)`, out of the type checker's sight."""
    return kind(**arguments)


WRONG_KINDS: list[tuple[Options, str]] = [
    ({"handler": 5}, "handler is 5. Give str."),
    ({"runtime": "python3.13"}, "runtime is 'python3.13'. Give Runtime or None."),
    ({"architecture": "arm64"}, "architecture is 'arm64'. Give Architecture or None."),
    ({"role": "arn:aws:iam::111122223333:role/r"}, "role is 'arn:aws:iam::111122223333:role/r'. Give an aws"),
    ({"environment": ["A"]}, "environment is ['A']. Give Mapping or None."),
    ({"tracing": "Disabled"}, "tracing is 'Disabled'. Give bool."),
    ({"removal_policy": "destroy"}, "removal_policy is 'destroy'. Give RemovalPolicy or None."),
    ({"timeout": 30}, "timeout is 30. Give a duration, such as aws_cdk.Duration.seconds(900)."),
    (
        {"log_settings": wrong(FunctionLogs, retention=30)},
        "log_settings.retention is 30. Give RetentionDays or None.",
    ),
    ({"dead_letters": "arn"}, "dead_letters is 'arn'. Give DeadLetters or None."),
    (
        {"dead_letters": wrong(DeadLetters, queue="arn")},
        "dead_letters.queue is 'arn'. Give an aws_cdk.aws_sqs.Queue",
    ),
    (
        {"dead_letters": wrong(DeadLetters, max_event_age=60)},
        "dead_letters.max_event_age is 60. Give a duration",
    ),
    (
        {"warm_up": wrong(WarmUp, every=5)},
        "warm_up.every is 5. Give a duration, such as aws_cdk.Duration.minutes",
    ),
    ({"alarm_route": wrong(AlarmRoute, alarm=["arn"])}, "alarm_route.alarm holds 'arn'. Give SNS topics"),
    ({"alarm_route": wrong(AlarmRoute, alarm="arn")}, "alarm_route.alarm is 'arn'. Give list or tuple."),
    ({"alarms": wrong(FunctionAlarmSettings, errors=5)}, "alarms.errors is 5. Give AlarmSettings or None."),
    (
        {"alarms": wrong(FunctionAlarmSettings, errors=wrong(AlarmSettings, threshold="5"))},
        "the alarm errors's threshold is '5'. Give int or float.",
    ),
    (
        {"alarms": wrong(FunctionAlarmSettings, errors=wrong(AlarmSettings, period=60))},
        "the alarm errors's period is 60. Give Duration.",
    ),
    (
        {"deployment": wrong(SafeDeployment, alarms=["errors"])},
        "deployment.alarms is 'errors'. Give CloudWatch alarms",
    ),
    ({"deployment": wrong(SafeDeployment, pre_traffic_hook="arn")}, "deployment.pre_traffic_hook is 'arn'."),
    ({"provisioned_concurrency": 5}, "provisioned_concurrency is 5. Give ProvisionedConcurrency or Fixed"),
]
"""What a type checker refuses too; without one it is one error all the same."""


@pytest.mark.parametrize(("options", "message"), WRONG_KINDS, ids=lambda given: str(given)[:60])
def test_fails_on_a_value_of_another_kind(options: Options, message: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: {re.escape(message)}"):
        default_function(stack, **options)

    assert stack.node.try_find_child("Orders") is None
