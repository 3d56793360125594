"""The two functions that many tests look at: one as it comes, one with everything on."""

from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from constructs_lib.alarms import AlarmSettings, AlarmTopic, FunctionAlarmSettings
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import (
    FunctionLogs,
    HardenedFunction,
    ProvisionedConcurrency,
    SafeDeployment,
    ScheduledCapacity,
)
from constructs_lib.resilient_function import ResilientFunction
from tests.synthesis import some_code


def default_function(scope: Construct, construct_id: str = "Orders", **options: Any) -> ResilientFunction:
    """A function with nothing but `options` beside its code and handler."""
    given: dict[str, Any] = {"code": some_code(), "handler": "index.handler"} | options
    return ResilientFunction(scope, construct_id, **given)


def everything_on(scope: Construct, construct_id: str = "Full", **options: Any) -> ResilientFunction:
    """A function with every protection and many options on, and `options` in their place."""
    home = Construct(scope, f"{construct_id}Environment")
    key = kms.Key(home, "LogKey", enable_key_rotation=True)
    hook = default_function(home, "Hook")
    nights = autoscaling.Schedule.cron(hour="20", minute="0")
    mornings = autoscaling.Schedule.cron(hour="7", minute="30")
    berlin = cdk.TimeZone.EUROPE_BERLIN
    given: dict[str, Any] = {
        "description": "Takes orders",
        "memory_size": 1024,
        "timeout": cdk.Duration.seconds(60),
        "environment": {"TABLE": "orders", "POWERTOOLS_LOG_LEVEL": "DEBUG"},
        "ephemeral_storage_size": cdk.Size.mebibytes(1024),
        "log_settings": FunctionLogs(retention=logs.RetentionDays.ONE_YEAR, encryption_key=key),
        "reserved_concurrency": 20,
        "vpc": some_vpc(home),
        "dead_letters": DeadLetters(retry_attempts=1, max_event_age=cdk.Duration.hours(1)),
        "provisioned_concurrency": ProvisionedConcurrency(
            minimum=2,
            maximum=10,
            schedules=[
                ScheduledCapacity(schedule=mornings, minimum=5, maximum=15, time_zone=berlin),
                ScheduledCapacity(schedule=nights, minimum=1),
            ],
        ),
        "deployment": SafeDeployment(
            config=codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
            pre_traffic_hook=hook.alias,
            post_traffic_hook=hook.alias,
        ),
        "alarms": replace(FunctionAlarmSettings(), throttles=AlarmSettings(threshold=5)),
    }
    return default_function(scope, construct_id, **(given | options))


def subscribe(stack: cdk.Stack) -> None:
    """Let somebody hear the alarms of `stack`."""
    AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription("team@example.com"))


def plain_function(scope: Construct, construct_id: str = "Plain", **options: Any) -> lambda_.Function:
    """A function as an app without this library has it."""
    given: dict[str, Any] = {"code": some_code(), "handler": "index.handler"} | options
    given.setdefault("runtime", lambda_.Runtime.PYTHON_3_14)
    return lambda_.Function(scope, construct_id, **given)


def hardened(scope: Construct, construct_id: str = "Orders", **options: Any) -> HardenedFunction:
    """A hardened function without any protection around it."""
    given: dict[str, Any] = {"code": some_code(), "handler": "index.handler"} | options
    return HardenedFunction(scope, construct_id, **given)


def image_code(scope: Construct) -> lambda_.Code:
    """A container image."""
    return lambda_.Code.from_ecr_image(ecr.Repository(scope, "Images"), tag_or_digest="v1")


def some_vpc(scope: Construct) -> ec2.IVpc:
    """A network with two private subnets."""
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["a", "b"],
        private_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef0", "rtb-0123456789abcdef1"],
    )
