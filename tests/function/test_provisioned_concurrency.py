import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match

from constructs_lib.checks import Check, ConfigurationError
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    ScheduledCapacity,
    add_provisioned_concurrency,
)
from constructs_lib.function.provisioned_concurrency import check_provisioned_concurrency
from tests.functions import plain_function
from tests.graph import references
from tests.synthesis import fresh_stack, number_token, synthesize, warnings_of

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
MORNING = autoscaling.Schedule.cron(hour="7", minute="30")
EQUALS_RESERVED = "Provisioned concurrency may take all"

Settings = ProvisionedConcurrency | FixedProvisionedConcurrency


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


@pytest.fixture
def alias(stack: cdk.Stack) -> lambda_.Alias:
    return plain_function(stack).add_alias("live")


def test_environments_follow_the_load(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    scaling = add_provisioned_concurrency(alias, ProvisionedConcurrency(minimum=2, maximum=10))

    found = synthesize(stack)

    assert scaling is not None
    found.template.has_resource_properties(
        TARGET,
        {
            "MinCapacity": 2,
            "MaxCapacity": 10,
            "ResourceId": {"Fn::Join": ["", ["function:", Match.any_value(), ":live"]]},
            "ScalableDimension": "lambda:function:ProvisionedConcurrency",
            "ServiceNamespace": "lambda",
            "ScheduledActions": Match.absent(),
        },
    )
    found.template.has_resource_properties(
        POLICY,
        {
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "LambdaProvisionedConcurrencyUtilization"
                },
                "TargetValue": 0.7,
            },
        },
    )


def test_the_scalable_target_waits_for_the_alias(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    add_provisioned_concurrency(alias, ProvisionedConcurrency(minimum=1, maximum=2))

    found = synthesize(stack)

    assert found.only_id("AWS::Lambda::Alias") in references(found.only(TARGET)["ResourceId"])


def test_bounds_change_by_the_clock_of_a_time_zone(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    schedules = [
        ScheduledCapacity(schedule=MORNING, minimum=5, maximum=20, time_zone=cdk.TimeZone.EUROPE_BERLIN),
        ScheduledCapacity(schedule=autoscaling.Schedule.cron(hour="20", minute="0"), minimum=1),
    ]
    settings = ProvisionedConcurrency(minimum=2, maximum=10, target_utilization=0.5, schedules=schedules)
    add_provisioned_concurrency(alias, settings)

    found = synthesize(stack)

    first, second = found.only(TARGET)["ScheduledActions"]
    assert first["Schedule"] == "cron(30 7 * * ? *)"
    assert first["Timezone"] == "Europe/Berlin"
    assert first["ScalableTargetAction"] == {"MinCapacity": 5, "MaxCapacity": 20}
    assert second["ScalableTargetAction"] == {"MinCapacity": 1}
    assert first["ScheduledActionName"] != second["ScheduledActionName"]
    configuration = found.only(POLICY)["TargetTrackingScalingPolicyConfiguration"]
    assert configuration["TargetValue"] == 0.5


def test_a_fixed_number_needs_no_scaling(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    scaling = add_provisioned_concurrency(alias, FixedProvisionedConcurrency(executions=3))

    found = synthesize(stack)

    assert scaling is None
    assert not found.of_type(TARGET)
    assert found.only("AWS::Lambda::Alias")["ProvisionedConcurrencyConfig"] == {
        "ProvisionedConcurrentExecutions": 3
    }


@pytest.mark.parametrize(
    "settings",
    [
        FixedProvisionedConcurrency(executions=10),
        ProvisionedConcurrency(minimum=1, maximum=10),
        ProvisionedConcurrency(
            minimum=1, maximum=5, schedules=[ScheduledCapacity(schedule=MORNING, maximum=10)]
        ),
    ],
)
def test_warns_where_nothing_is_left_beside_the_provisioned_environments(
    stack: cdk.Stack, alias: lambda_.Alias, settings: Settings
) -> None:
    add_provisioned_concurrency(alias, settings, reserved_concurrency=10)

    assert any(text.startswith(f"{EQUALS_RESERVED} 10 reserved") for text in warnings_of(stack))


@pytest.mark.parametrize("reserved", [None, 11])
def test_does_not_warn_where_something_is_left(
    stack: cdk.Stack, alias: lambda_.Alias, reserved: int | None
) -> None:
    settings = ProvisionedConcurrency(minimum=1, maximum=10)
    add_provisioned_concurrency(alias, settings, reserved_concurrency=reserved)

    assert not any(EQUALS_RESERVED in text for text in warnings_of(stack))


def test_what_is_known_only_at_deployment_is_not_checked(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    one, two = number_token(stack, "One"), number_token(stack, "Two")
    schedules = [ScheduledCapacity(schedule=MORNING, minimum=one, maximum=1)]
    settings = ProvisionedConcurrency(minimum=one, maximum=two, schedules=schedules)
    add_provisioned_concurrency(alias, settings, reserved_concurrency=two)

    synthesize(stack).template.has_resource_properties(
        TARGET, {"MinCapacity": {"Ref": "One"}, "MaxCapacity": {"Ref": "Two"}}
    )
    assert not any(EQUALS_RESERVED in text for text in warnings_of(stack))


def bounds(minimum: int = 1, maximum: int = 10, **more: Any) -> ProvisionedConcurrency:
    return ProvisionedConcurrency(minimum=minimum, maximum=maximum, **more)


def scheduled(**capacity: Any) -> ProvisionedConcurrency:
    return bounds(schedules=[ScheduledCapacity(schedule=MORNING, **capacity)])


@pytest.mark.parametrize(
    ("settings", "circumstances", "message"),
    [
        (bounds(minimum=0), {}, "minimum is 0. Lambda refuses an alias with 0 provisioned executions"),
        (bounds(minimum=-1), {}, "minimum is -1. Give a whole number from 1"),
        (bounds(minimum=5, maximum=4), {}, "maximum is 4, below its minimum, which is 5. Give a maximum"),
        (bounds(maximum=0), {}, "maximum is 0."),
        (bounds(target_utilization=0.05), {}, "target_utilization is 0.05. Give a number from 0.1 to 0.9."),
        (bounds(target_utilization=70), {}, "target_utilization is 70."),
        (scheduled(), {}, "schedules[0] changes neither minimum nor maximum. Give one of them."),
        (scheduled(minimum=0), {}, "schedules[0].minimum is 0."),
        (scheduled(minimum=5, maximum=4), {}, "schedules[0].maximum is 4, below its minimum, which is 5."),
        (FixedProvisionedConcurrency(executions=0), {}, "executions is 0. Give a whole number from 1"),
    ],
)
def test_fails_on_bounds_that_cannot_work(
    settings: Settings, circumstances: dict[str, Any], message: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=f"^Stack/Orders: provisioned_concurrency.{re.escape(message)}"
    ):
        check_provisioned_concurrency(Check(fresh_stack(), "Orders"), settings, **circumstances)


@pytest.mark.parametrize(
    "settings", [bounds(), scheduled(maximum=10), FixedProvisionedConcurrency(executions=10)]
)
def test_fails_on_more_than_is_reserved(settings: Settings) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"^Stack/Orders: provisioned_concurrency reaches 10, more than reserved_concurrency, which is 9\. "
        "Provisioned environments count",
    ):
        check_provisioned_concurrency(Check(fresh_stack(), "Orders"), settings, reserved_concurrency=9)


def test_fails_together_with_snap_start() -> None:
    with pytest.raises(ConfigurationError, match=r"together with snap_start.*leave one out"):
        check_provisioned_concurrency(Check(fresh_stack(), "Orders"), bounds(), snap_start=True)


def test_fails_with_the_path_of_the_alias_that_stands_alone(stack: cdk.Stack, alias: lambda_.Alias) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Plain/Aliaslive: provisioned_concurrency\.minimum is 0"
    ):
        add_provisioned_concurrency(alias, bounds(minimum=0))

    assert not synthesize(stack).of_type(TARGET)
