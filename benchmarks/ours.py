"""Fully equipped functions, built with this library."""

from collections.abc import Mapping
from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_sns_subscriptions as subscriptions

from benchmarks import workload
from constructs_lib.alarms import AlarmTopic, FunctionAlarmSettings
from constructs_lib.function import ProvisionedConcurrency, SafeDeployment, ScheduledCapacity
from constructs_lib.resilient_function import ResilientFunction

__all__ = ["build", "build_smallest", "busy_hours", "equipped"]

_STANDARD = FunctionAlarmSettings()


def build(stack: cdk.Stack) -> workload.Build:
    """Functions with every protection on."""
    return partial(_functions, stack)


def build_smallest(stack: cdk.Stack) -> workload.Build:
    """Functions as they come, with two arguments."""
    return partial(_smallest_functions, stack)


def _functions(stack: cdk.Stack, count: int) -> None:
    _subscribe(stack)
    concurrency = busy_hours()
    for number in range(count):
        equipped(stack, f"Function{number}", concurrency)


def busy_hours() -> ProvisionedConcurrency:
    """More environments are kept while people work."""
    return ProvisionedConcurrency(
        minimum=workload.MINIMUM_ENVIRONMENTS,
        maximum=workload.MAXIMUM_ENVIRONMENTS,
        schedules=[
            ScheduledCapacity(
                schedule=workload.business_hours(),
                minimum=workload.BUSY_ENVIRONMENTS,
                time_zone=cdk.TimeZone.EUROPE_BERLIN,
            )
        ],
    )


def equipped(
    stack: cdk.Stack,
    name: str,
    concurrency: ProvisionedConcurrency,
    environment: Mapping[str, str] | None = None,
    alarms: FunctionAlarmSettings = _STANDARD,
) -> ResilientFunction:
    """A function with every protection on."""
    return ResilientFunction(
        stack,
        name,
        code=workload.code(),
        handler=workload.HANDLER,
        environment=environment,
        alarms=alarms,
        reserved_concurrency=workload.RESERVED_CONCURRENCY,
        provisioned_concurrency=concurrency,
        deployment=SafeDeployment(),
    )


def _smallest_functions(stack: cdk.Stack, count: int) -> None:
    _subscribe(stack)
    for number in range(count):
        ResilientFunction(stack, f"Function{number}", code=workload.code(), handler=workload.HANDLER)


def _subscribe(stack: cdk.Stack) -> None:
    AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription("on-call@example.com"))
