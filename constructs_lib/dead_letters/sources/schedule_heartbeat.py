"""Whether what is scheduled is really done, which Scheduler itself does not tell."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import HeartbeatAlarm, Severity
from constructs_lib.alarms.own.heartbeat_alarm import alarm_window
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check, is_token
from constructs_lib.schedules import Gap, UnknownExpressionError, largest_gap_of

__all__ = ["ScheduleHeartbeat", "heartbeat_alarm", "longest_pause"]

_REMEDY = "Give ScheduleHeartbeat(every=...) with the largest gap between two runs, or heartbeat=None."


@dataclass(frozen=True, kw_only=True)
class ScheduleHeartbeat:
    """When the alarm rings that tells of runs that did not come, or that all failed.

    Attributes:
        every: the largest gap between two runs, up to a week with the allowance. Left out: that of the rate or cron
            expression in its time zone, weekends and summer time included.
        allowance: how late a run may be. Left out: a tenth of that and of the flexible window, at least five minutes.
        severity: who has to know.
    """

    every: cdk.Duration | None = None
    allowance: cdk.Duration | None = None
    severity: Severity = Severity.CRITICAL


def longest_pause(
    check: Check,
    heartbeat: ScheduleHeartbeat | None,
    schedule: scheduler.ScheduleExpression,
    flexible_window: cdk.Duration | None,
) -> cdk.Duration | None:
    """The time from one run to the next at most, None without a heartbeat; fail where no alarm could watch it."""
    check.instance("heartbeat", heartbeat, ScheduleHeartbeat, None)
    if heartbeat is None:
        return None
    check.instance("heartbeat.every", heartbeat.every, cdk.Duration, None)
    pause, name = heartbeat.every, "heartbeat.every"
    if pause is None:
        gap = _largest_gap(check, schedule)
        pause = cdk.Duration.seconds(gap.seconds)
        name = f"the largest gap of {schedule.expression_string} ({gap})"
    if flexible_window is not None and not is_token(pause):
        pause, name = pause.plus(flexible_window), f"{name}, flexible_window"
    alarm_window(
        check,
        pause,
        heartbeat.allowance,
        names=(name, "heartbeat.allowance"),
        instead="set heartbeat=None and use",
    )
    return pause


def heartbeat_alarm(
    scope: Construct,
    heartbeat: ScheduleHeartbeat,
    *,
    function: lambda_.IFunction,
    pause: cdk.Duration,
    route: Route | None,
) -> HeartbeatAlarm:
    """The alarm, below `scope`, that rings when `function` has not succeeded for longer than `pause`."""
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
        every=pause,
        allowance=heartbeat.allowance,
        severity=heartbeat.severity,
        means="What is scheduled was not done: the function did not run, or every run failed.",
        cause="the schedule is disabled or gone, its role may not invoke the function, or the function fails.",
        query="aws scheduler list-schedules --group-name GROUP (State has to be ENABLED), then the log of the "
        "function.",
        route=route,
    )


def _largest_gap(check: Check, schedule: scheduler.ScheduleExpression) -> Gap:
    try:
        gap = largest_gap_of(schedule)
    except UnknownExpressionError as error:
        check.fail(
            f"heartbeat does not know how often {schedule.expression_string} fires: {error}.",
            remedy=_REMEDY,
            cause=error,
        )
    if gap is None:
        check.fail(
            "heartbeat does not know how often schedule fires, which is known only at deployment.",
            remedy=_REMEDY,
        )
    return gap
