"""Who is told of missing backups."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.common.age_alarm import AgeAlarm
from constructs_lib.function import HardenedFunction

__all__ = ["BackupAge", "failure_alarm"]


class BackupAge(AgeAlarm):
    """Rings when a table has no backup that is young enough."""

    WATCHED = "The age in seconds of a table's newest backup"
    MEANS = "What was written since then would be lost with the table."
    CAUSE = "the schedule is off, backups fail, or the function that looks does."


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
