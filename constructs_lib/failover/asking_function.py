"""The function that asks the primary, and what calls it."""

from collections.abc import Mapping
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.failover.published import NAMESPACE
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import FunctionTarget
from constructs_lib.handlers import handler_folder

__all__ = ["asking_function", "asking_seconds", "every_minute"]

_CONNECT, _ANSWER = 4, 2
"""Seconds.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""
_PAUSE = 2
_RESERVE = 13
"""Seconds that an invocation has beside its attempts: to start, to look the name up, to publish."""
_REPEATED = "Nothing is lost with an event: a minute later the next one comes."


def asking_seconds(attempts: int) -> int:
    """How long an invocation may take."""
    return attempts * (_CONNECT + _ANSWER) + (attempts - 1) * _PAUSE + _RESERVE


def asking_function(
    scope: Construct,
    asked: Mapping[str, str | int],
    *,
    timeout: int,
    metric: cloudwatch.Metric,
    name: str,
    log_settings: FunctionLogs | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> HardenedFunction:
    """The function, below `scope`, that publishes `metric`, which has `name` as its one dimension."""
    given = {
        **asked,
        "PAUSE_SECONDS": _PAUSE,
        "CONNECT_SECONDS": _CONNECT,
        "ANSWER_SECONDS": _ANSWER,
        "NAMESPACE": NAMESPACE,
        "METRIC": metric.metric_name,
        "NAME": name,
    }
    function = HardenedFunction(
        scope,
        "Function",
        code=lambda_.Code.from_asset(str(handler_folder("primary_probe")), exclude=["__pycache__"]),
        handler="primary_probe.handler",
        description="Asks the primary Region whether it answers",
        memory_size=256,
        timeout=cdk.Duration.seconds(timeout),
        environment={f"PROBE_{key}": str(value) for key, value in given.items()},
        log_settings=log_settings,
        removal_policy=removal_policy,
    )
    _let_publish(function)
    return function


def every_minute(scope: Construct, function: HardenedFunction, role: iam.IRole) -> scheduler.Schedule:
    """The schedule, below `scope`, that calls `function` as `role` and tells it which minute it is for.

    What was due and failed is not made up for: it would be told of a minute that is over.
    """
    function.alias.configure_async_invoke(retry_attempts=0, max_event_age=cdk.Duration.minutes(1))
    for construct, finding in (
        (function.function, "Serverless::Serverless-LambdaDLQ"),
        (function.function, "constructs_lib::async-failures-lost"),
        (function.alias, "Serverless::Serverless-LambdaAsyncFailureDestination"),
    ):
        acknowledge(construct, {finding: _REPEATED})
    due = scheduler.ScheduleTargetInput.from_object({"scheduled": scheduler.ContextAttribute.scheduled_time})
    return scheduler.Schedule(
        scope,
        "Schedule",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
        target=FunctionTarget(function.alias, role, event=due, retry=False),
        description="Asks the primary Region whether it answers",
    )


def _let_publish(function: HardenedFunction) -> None:
    statement = iam.PolicyStatement(
        actions=["cloudwatch:PutMetricData"],
        resources=["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
    )
    role = cast("iam.Role", function.role)
    policy = iam.Policy(role, "Publish", statements=[statement])
    policy.attach_to_role(role)
    reason = "CloudWatch's metrics have no ARNs; publishing is limited to one namespace."
    findings = (
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "Serverless::Serverless-LambdaStarPermissions",
    )
    acknowledge(policy, dict.fromkeys(findings, reason))
