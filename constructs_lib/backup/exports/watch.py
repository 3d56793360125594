"""Who is told of exports that are missing."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.function import HardenedFunction

__all__ = ["age_alarm", "count_alarm"]

_LOOKS = 3
"""So that the look that is just under way can still make it."""
_COUNTS: Final = {
    "Failed": (
        "An export failed or could not be begun; it is tried again, less and less often.",
        "point-in-time recovery is off, the table is gone, or the bucket or its key refuses.",
    ),
    "Broken": (
        "The windows of a table have a hole: some changes are in none. A new full export has been begun.",
        "point-in-time recovery was off in between, or exports failed for longer than it reaches back.",
    ),
}
"""What each alarm on a count means, and what is likely to be the cause."""


class _AgeAlarm(ThresholdAlarm):
    """An alarm on an age."""

    WATCHED = "The age in seconds of what is exported of a table"


def age_alarm(
    scope: Construct,
    metric: cloudwatch.Metric,
    promised: int,
    function: HardenedFunction,
    route: Route | None,
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings when exported data is too old, or nobody looks."""
    return _AgeAlarm(
        scope,
        "Age",
        metric=metric,
        threshold=promised,
        lowest=0,
        evaluation_periods=_LOOKS,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        severity=Severity.CRITICAL,
        means="What was written since then is in no export.",
        cause="a schedule is off, exports fail or take very long, or the function that looks after them fails.",
        query=f"the metric by TableName, and the log group {function.log_group.log_group_name}",
        route=route,
    )


def count_alarm(
    scope: Construct,
    construct_id: str,
    metric: cloudwatch.Metric,
    function: HardenedFunction,
    route: Route | None,
) -> ThresholdAlarm:
    """The alarm ``Failed`` or ``Broken``, below `scope`, that rings when there is one of what `metric` counts."""
    means, cause = _COUNTS[construct_id]
    return ThresholdAlarm(
        scope,
        construct_id,
        metric=metric,
        threshold=1,
        lowest=0,
        severity=Severity.WARNING,
        means=means,
        cause=cause,
        query=f"the log group {function.log_group.log_group_name}",
        route=route,
    )
