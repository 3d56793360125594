"""Whether what is scheduled is really done, which Scheduler itself does not tell."""

import re
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import HeartbeatAlarm, Severity
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check, is_token

__all__ = ["ScheduleHeartbeat", "check_heartbeat", "heartbeat_alarm"]

_UNITS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


@dataclass(frozen=True, kw_only=True)
class ScheduleHeartbeat:
    """When the alarm rings that tells of runs that did not come, or that all failed.

    Attributes:
        every: the largest gap between two runs, up to a week with the allowance. Left out: the interval of a rate; of
            a cron expression it must be said.
        allowance: how late a run may be. Left out: a tenth of `every`, at least five minutes.
        severity: who has to know.
    """

    every: cdk.Duration | None = None
    allowance: cdk.Duration | None = None
    severity: Severity = Severity.CRITICAL


def check_heartbeat(
    check: Check, heartbeat: ScheduleHeartbeat | None, expression: scheduler.ScheduleExpression
) -> None:
    """Fail where nobody can tell how often `expression` fires."""
    check.instance("heartbeat", heartbeat, ScheduleHeartbeat, None)
    if heartbeat is None:
        return
    check.instance("heartbeat.every", heartbeat.every, cdk.Duration, None)
    check.require(
        heartbeat.every is not None or _interval(expression) is not None,
        f"heartbeat does not know how often {expression.expression_string} fires.",
        remedy="Give ScheduleHeartbeat(every=...) with the largest gap between two runs, or heartbeat=None.",
    )


def heartbeat_alarm(
    scope: Construct,
    heartbeat: ScheduleHeartbeat,
    *,
    function: lambda_.IFunction,
    expression: scheduler.ScheduleExpression,
    flexible_window: cdk.Duration | None,
    route: Route | None,
) -> HeartbeatAlarm:
    """The alarm, below `scope`, that rings when `function` has not succeeded for too long."""
    every = heartbeat.every or _interval(expression)
    if every is not None and flexible_window is not None:
        every = every.plus(flexible_window)
    return HeartbeatAlarm(
        scope,
        "Heartbeat",
        metric=cloudwatch.MathExpression(
            expression="invocations - errors",
            using_metrics={
                "invocations": function.metric_invocations(),
                "errors": function.metric_errors(),
            },
            label="Successful runs",
        ),
        every=every,  # type: ignore[arg-type] # check_heartbeat has seen to that
        allowance=heartbeat.allowance,
        severity=heartbeat.severity,
        means="What is scheduled was not done: the function did not run, or every run failed.",
        cause="the schedule is disabled or gone, its role may not invoke the function, or the function fails.",
        query="aws scheduler list-schedules --group-name GROUP (State has to be ENABLED), then the log of the "
        "function.",
        route=route,
    )


def _interval(expression: scheduler.ScheduleExpression) -> cdk.Duration | None:
    """The interval of a rate."""
    text = expression.expression_string
    found = None if is_token(text) else _RATE.fullmatch(text.strip())
    return cdk.Duration.seconds(int(found[1]) * _UNITS[found[2]]) if found else None
