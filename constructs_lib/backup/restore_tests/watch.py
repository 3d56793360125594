"""Who is told of backups that cannot be restored."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.common.age_alarm import AgeAlarm

__all__ = ["LastTestAge", "failed_alarm", "leftovers_alarm", "slow_alarm"]

_LEFT_LOOKS = 4


class LastTestAge(AgeAlarm):
    """Rings when a table was not tested well for too long."""

    WATCHED = "The seconds since a table's last good restore test"
    MEANS = "Nobody knows whether the table's backups can be restored."
    CAUSE = "the schedule is off, tests fail, or the function that looks does."


class _SlowAlarm(ThresholdAlarm):
    """An alarm on how long a restore takes."""

    WATCHED = "The seconds that a restore took"


def failed_alarm(
    scope: Construct, metric: cloudwatch.Metric, log: str, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a test failed."""
    return ThresholdAlarm(
        scope,
        "FailedTest",
        metric=metric,
        threshold=1,
        lowest=0,
        severity=Severity.CRITICAL,
        means="The newest backup of a table could not be restored, or is not what the table was.",
        cause="the cause with which the execution failed says it, as does the ledger.",
        query=f"the metric by TableName, the failed executions, and the log group {log}",
        route=route,
    )


def leftovers_alarm(
    scope: Construct, metric: cloudwatch.Metric, log: str, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when temporary tables stay after their execution."""
    return ThresholdAlarm(
        scope,
        "Leftovers",
        metric=metric,
        threshold=1,
        lowest=0,
        evaluation_periods=_LEFT_LOOKS,
        severity=Severity.WARNING,
        means="Temporary tables of an execution that was ended are still there, and cost money.",
        cause="a restore that is still under way and cannot be deleted yet, or a missing permission.",
        query=f"the log group {log}, which names them",
        route=route,
    )


def slow_alarm(
    scope: Construct, metric: cloudwatch.Metric, objective: int, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a restore took longer than a recovery may take."""
    return _SlowAlarm(
        scope,
        "Slow",
        metric=metric,
        threshold=objective,
        lowest=0,
        severity=Severity.WARNING,
        means="Restoring the table takes longer than was promised.",
        cause="the table has grown, or has more indexes.",
        query="the metric by TableName; a restore without indexes is faster.",
        route=route,
    )
