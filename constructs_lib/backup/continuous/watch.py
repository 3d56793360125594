"""Who is told when tables cannot be restored to where they should."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.function import HardenedFunction

__all__ = ["age_alarm", "failure_alarm", "window_alarm"]

_LOOKS = 2
"""So that a look that comes late rings nothing."""
_LOOKS_FAILED = 3


class _AgeAlarm(ThresholdAlarm):
    """An alarm on an age."""

    WATCHED = "The age in seconds of the latest second that a table can be restored to"


class _WindowAlarm(ThresholdAlarm):
    """An alarm on a window."""

    WATCHED = "What a table's recovery window lacks, in seconds"


def age_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    objective: int,
    function: HardenedFunction,
    route: Route | None,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a table cannot be restored to a moment ago, or nobody looks."""
    return _AgeAlarm(
        scope,
        "Age",
        metric=metric,
        threshold=objective,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=_LOOKS,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        severity=Severity.CRITICAL,
        means="What was written since then would be lost with the table.",
        cause="point-in-time recovery is off, or the function that looks fails or is not called.",
        **_common(function, route),
    )


def window_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    missing: int,
    function: HardenedFunction,
    route: Route | None,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when a table cannot be restored to as long ago as promised."""
    return _WindowAlarm(
        scope,
        "Window",
        metric=metric,
        threshold=missing,
        evaluation_periods=_LOOKS,
        severity=Severity.WARNING,
        means="A mistake that was made before the window begins cannot be undone.",
        cause="point-in-time recovery was off for a while, which loses what it had, or its period is shorter.",
        **_common(function, route),
    )


def failure_alarm(
    scope: Construct, metric: cloudwatch.Metric, function: HardenedFunction, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when nobody can look at a table."""
    return ThresholdAlarm(
        scope,
        "Failed",
        metric=metric,
        threshold=1,
        evaluation_periods=_LOOKS_FAILED,
        severity=Severity.CRITICAL,
        means="Nobody knows whether a table can be restored; the other tables are watched.",
        cause="the table is gone, or the function may not look at it.",
        **_common(function, route),
    )


def _common(function: HardenedFunction, route: Route | None) -> Mapping[str, Any]:
    return {
        "lowest": 0,
        "query": f"the metric by TableName, and the log group {function.log_group.log_group_name}",
        "route": route,
    }
