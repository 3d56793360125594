"""Whatever options are drawn, they synthesize to a clean template or are refused. Never anything else."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from constructs_lib.alarms import LAMBDA_ALARMS, AlarmSettings, FunctionAlarmSettings, RateAlarmSettings
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
from tests.gates import lint
from tests.graph import circle
from tests.synthesis import fresh_stack, synthesize

Options = dict[str, Any]
Duration = cdk.Duration


def mostly(usual: SearchStrategy[Any], *rare: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Draws `usual` about nine times in ten, so that not every combination has a mistake in it."""
    return st.integers(0, 9).flatmap(lambda die: st.one_of(*rare) if rare and die == 0 else usual)


def numbers(low: int, high: int) -> SearchStrategy[Any]:
    """Whole numbers from `low` to `high`, and now and then what lies around them."""
    strange = st.sampled_from(
        [low - 1, high + 1, 0, -1, low + 0.5, float("inf"), float("-inf"), float("nan")]
    )
    return mostly(st.integers(low, high), strange)


def durations(low: int, high: int) -> SearchStrategy[Any]:
    """Durations from `low` to `high` seconds, and now and then others."""
    return mostly(
        st.integers(low, high).map(Duration.seconds),
        st.integers(0, 100_000).map(Duration.millis),
        st.integers(0, 30).map(Duration.days),
    )


def settings_of(kind: type[AlarmSettings], **more: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Alarm settings with some fields replaced."""
    minutes = mostly(st.sampled_from([1, 2, 5, 60]).map(Duration.minutes), durations(1, 100_000))
    replaced = {
        "threshold": mostly(st.floats(0.01, 1), st.floats(), st.integers(-1, 200)),
        "period": minutes,
        "evaluation_periods": mostly(st.integers(1, 10), st.integers(-1, 20_000)),
        "datapoints_to_alarm": mostly(st.just(1), st.integers(-1, 10)),
        **more,
    }
    return st.fixed_dictionaries({}, optional=replaced).map(lambda given: kind(**given))


RATES = {row.name for row in LAMBDA_ALARMS if row.minimum_traffic is not None}
ALARM_SETTINGS: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        name: st.none()
        | (
            settings_of(RateAlarmSettings, minimum_traffic=numbers(1, 1_000))
            if name in RATES
            else settings_of(AlarmSettings)
        )
        for name in FunctionAlarmSettings.alarm_names()
    },
)
ALARMS = ALARM_SETTINGS.map(lambda given: FunctionAlarmSettings(**given))

SCHEDULED = st.builds(
    ScheduledCapacity,
    schedule=st.just(autoscaling.Schedule.cron(hour="7", minute="0")),
    minimum=st.none() | numbers(1, 5),
    maximum=st.none() | numbers(5, 30),
    time_zone=st.none() | st.just(cdk.TimeZone.EUROPE_BERLIN),
)
PROVISIONED = st.builds(FixedProvisionedConcurrency, executions=numbers(1, 30)) | st.builds(
    ProvisionedConcurrency,
    minimum=numbers(1, 5),
    maximum=numbers(5, 30),
    target_utilization=mostly(st.floats(0.1, 0.9), st.floats()),
    schedules=st.lists(SCHEDULED, max_size=2),
)
DEPLOYMENT = st.sampled_from(
    [
        SafeDeployment(),
        SafeDeployment(config=codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE),
        SafeDeployment(alarms=[]),
    ]
)
OPTIONS: SearchStrategy[Options] = st.fixed_dictionaries(
    {
        "handler": mostly(
            st.just("orders.handler"), st.sampled_from(["handler", "", ".", "a.b.c", "x.", "FROM_IMAGE"])
        )
    },
    optional={
        "memory_size": numbers(128, 10_240),
        "timeout": durations(1, 900),
        "runtime": st.sampled_from(
            [lambda_.Runtime.PYTHON_3_12, lambda_.Runtime.NODEJS_22_X, lambda_.Runtime.JAVA_21]
        ),
        "architecture": st.sampled_from([lambda_.Architecture.ARM_64, lambda_.Architecture.X86_64]),
        "environment": st.dictionaries(st.sampled_from(["TABLE", "POWERTOOLS_LOG_LEVEL"]), st.just("INFO")),
        "tracing": st.booleans(),
        "reserved_concurrency": mostly(st.integers(20, 100), numbers(0, 20)),
        "provisioned_concurrency": PROVISIONED,
        "deployment": DEPLOYMENT,
        "warm_up": st.builds(WarmUp, every=st.none() | durations(60, 900)),
        "dead_letters": st.none()
        | st.builds(
            DeadLetters, retry_attempts=numbers(0, 2), max_event_age=st.none() | durations(60, 21_600)
        ),
        "alarms": ALARMS,
        "log_settings": st.builds(
            FunctionLogs, retention=st.sampled_from([logs.RetentionDays.ONE_DAY, logs.RetentionDays.INFINITE])
        ),
        "removal_policy": st.sampled_from([cdk.RemovalPolicy.DESTROY, cdk.RemovalPolicy.RETAIN]),
        "snap_start": mostly(st.none(), st.just(lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS)),
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=st.lists(OPTIONS, min_size=2, max_size=4))
def test_any_options_synthesize_to_a_clean_template_or_are_refused(drawn: list[Options]) -> None:
    stack = fresh_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Artifacts", "artifacts")
    code = lambda_.Code.from_bucket(bucket, "orders.zip", object_version="v1")
    built = 0
    for number, options in enumerate(drawn):
        name = f"Function{number}"
        try:
            ResilientFunction(stack, name, code=code, **options)
            built += 1
        except ConfigurationError as error:
            assert str(error).startswith(f"Stack/{name}: ")  # noqa: PT017 - most draws do not fail
            assert stack.node.try_find_child(name) is None
    event(f"{built} of {len(drawn)} built")
    if built:
        found = synthesize(stack)
        assert lint(found.body) == []
        assert circle(found.resources) == []
