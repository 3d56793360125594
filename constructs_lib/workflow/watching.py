"""Who is told of a saga that fails, of one that was compensated, and of what could not be undone."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, LogAlarm, Severity
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import acknowledge
from constructs_lib.workflow.endings import COMPENSATED

__all__ = ["compensations_alarm", "compensations_metric"]

_REASON = "An execution that was compensated also fails, and the alarm on failed executions tells of that."
_ENTERED = ("FailStateEntered", "PassStateEntered")


def compensations_alarm(
    scope: Construct, log_group: logs.ILogGroup, *, also_failed: bool, route: Route | None
) -> LogAlarm:
    """An alarm on executions that were compensated; silent where each of them also counts as failed."""
    pattern = logs.FilterPattern.all(
        logs.FilterPattern.any(
            *(logs.FilterPattern.string_value("$.type", "=", entered) for entered in _ENTERED)
        ),
        logs.FilterPattern.string_value("$.details.name", "=", COMPENSATED),
    )
    alarm = LogAlarm(
        scope,
        "Compensations",
        log_group=log_group,
        pattern=pattern,
        severity=Severity.WARNING,
        means="A saga could not do all of its steps, and undid those that it had begun.",
        cause="a step that failed for good, or longer than it is tried again.",
        query="the execution's output or cause, which names the step that failed.",
        route=AlarmRoute.silent() if also_failed else route,
    )
    if also_failed:
        acknowledge(alarm, {"constructs_lib::alarm-without-action": _REASON})
    return alarm


def compensations_metric(alarm: LogAlarm, statistic: str, period: cdk.Duration) -> cloudwatch.Metric:
    """What `alarm` counts."""
    return alarm.log_filter.metric(statistic=statistic, period=period)
