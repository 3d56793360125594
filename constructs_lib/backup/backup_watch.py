"""What becomes of failed runs, and who is told of missing backups."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import FunctionAlarms, Severity, ThresholdAlarm, function_subject
from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.recovery_point import RecoveryPoint
from constructs_lib.function import HardenedFunction
from constructs_lib.function.failed_events import keep_failed_events

__all__ = ["age_alarm", "failure_alarm", "function_alarms", "keep_failed_runs"]

_EVENT_AGE_HOURS = 6
_RETRIES = 2
"""https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""
_LOOKS = 2
"""So that the run that is just under way can still make it."""


class _AgeAlarm(ThresholdAlarm):
    """An alarm on an age."""

    WATCHED = "The age in seconds of a table's newest backup"


def keep_failed_runs(
    scope: Construct, function: HardenedFunction, removal_policy: cdk.RemovalPolicy
) -> sqs.Queue:
    """The queue, below `scope`, for the events of runs that failed."""
    return keep_failed_events(
        scope,
        function,
        retries=_RETRIES,
        max_event_age=cdk.Duration.hours(_EVENT_AGE_HOURS),
        removal_policy=removal_policy,
    )


def function_alarms(
    scope: Construct, function: HardenedFunction, queue: sqs.Queue, route: Route | None
) -> FunctionAlarms:
    """The alarms, below `scope`, on `function` and what it leaves in `queue`."""
    subject = function_subject(
        function.alias,
        queue_name=queue.queue_name,
        asynchronous=True,
        max_event_age=cdk.Duration.hours(_EVENT_AGE_HOURS),
    )
    return FunctionAlarms(scope, "Alarms", subject=replace(subject, stops_loops=True), route=route)


def age_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    point: RecoveryPoint,
    function: HardenedFunction,
    route: Route | None,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a table has no backup that is young enough, or nobody looks."""
    return _AgeAlarm(
        scope,
        "Age",
        metric=metric,
        threshold=point.promised,
        lowest=0,
        evaluation_periods=_LOOKS,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        severity=Severity.CRITICAL,
        means="What was written since then would be lost with the table.",
        cause="the schedule is off, backups fail, or the function that looks does.",
        query=f"the metric by TableName, and the log group {function.log_group.log_group_name}",
        route=route,
    )


def failure_alarm(
    scope: Construct, metric: cloudwatch.Metric, function: HardenedFunction, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a backup failed."""
    return ThresholdAlarm(
        scope,
        "Failed",
        metric=metric,
        threshold=1,
        lowest=0,
        severity=Severity.WARNING,
        means="A table was not backed up, though it was tried for minutes; Lambda runs it again.",
        cause="the table is gone, or the function may not back it up.",
        query=f"the log group {function.log_group.log_group_name}",
        route=route,
    )
