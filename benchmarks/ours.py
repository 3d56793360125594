"""Fully equipped functions, built with this library."""

import aws_cdk as cdk
from aws_cdk import aws_sns_subscriptions as subscriptions

from benchmarks import workload
from constructs_lib.alarms import AlarmTopic
from constructs_lib.function import ProvisionedConcurrency, SafeDeployment, ScheduledCapacity
from constructs_lib.resilient_function import ResilientFunction

__all__ = ["build", "build_smallest"]


def build(stack: cdk.Stack, count: int) -> None:
    """`count` functions with every protection on."""
    _subscribe(stack)
    concurrency = ProvisionedConcurrency(
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
    for number in range(count):
        ResilientFunction(
            stack,
            f"Function{number}",
            code=workload.code(),
            handler=workload.HANDLER,
            reserved_concurrency=workload.RESERVED_CONCURRENCY,
            provisioned_concurrency=concurrency,
            deployment=SafeDeployment(),
        )


def build_smallest(stack: cdk.Stack, count: int) -> None:
    """`count` functions as they come, with two arguments."""
    _subscribe(stack)
    for number in range(count):
        ResilientFunction(stack, f"Function{number}", code=workload.code(), handler=workload.HANDLER)


def _subscribe(stack: cdk.Stack) -> None:
    AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription("on-call@example.com"))
