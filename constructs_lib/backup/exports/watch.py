"""Who is told of exports that are missing."""

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.backup.common.age_alarm import AgeAlarm
from constructs_lib.function import HardenedFunction

__all__ = ["ExportAge", "count_alarm"]

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


class ExportAge(AgeAlarm):
    """Rings when exported data is too old."""

    WATCHED = "The age in seconds of what is exported of a table"
    MEANS = "What was written since then is in no export."
    CAUSE = "a schedule is off, exports fail or take very long, or the function that looks after them fails."


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
