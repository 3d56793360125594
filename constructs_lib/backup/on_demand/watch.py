"""Who is told of missing backups."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.common.recovery_point import RecoveryPoint
from constructs_lib.function import HardenedFunction

__all__ = ["age_alarm", "failure_alarm"]

_LOOKS = 2
"""So that the run that is just under way can still make it."""


class _AgeAlarm(ThresholdAlarm):
    """An alarm on an age."""

    WATCHED = "The age in seconds of a table's newest backup"


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
