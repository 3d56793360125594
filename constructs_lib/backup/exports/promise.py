"""How old exported data may become, by the schedules and by what is promised."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common.cron_fields import UnknownExpressionError
from constructs_lib.backup.common.largest_gap import Gap, largest_gap
from constructs_lib.checks import Check, is_token

__all__ = ["LOOK_MINUTES", "Promise"]

LOOK_MINUTES = 5
"""From one look at exports to the next."""
_PRECISION = 60
"""Seconds within which Scheduler calls.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
_RECOVERY_LAG = 300
"""Seconds that the latest moment that can be exported is typically old.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
"""
_LOOKS = 2 * LOOK_MINUTES * 60
"""One until the export is begun, and one until it is seen to be complete."""
_SHORTEST_WINDOW = 900
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"""
_LEAST_ALLOWANCE = 3_600
_LONGEST = 3_660 * 86_400
_LONGEST_EXPORT_HOURS = 72
_LONGEST_EVENT_AGE = 86_400
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """How old exported data may become.

    Attributes:
        seconds: after how many seconds somebody has to know.
        full_gap: the largest gap between full exports; None where it is known only at deployment.
    """

    seconds: int
    full_gap: int | None

    @classmethod
    def of(
        cls,
        check: Check,
        *,
        full: scheduler.ScheduleExpression,
        incremental: scheduler.ScheduleExpression | None,
        longest_export: cdk.Duration,
        objective: cdk.Duration | None,
    ) -> "Promise":
        """What the schedules can hold, once `objective` is not tighter than that."""
        for name, value in (("recovery_point_objective", objective), ("longest_export", longest_export)):
            check.require(
                not is_token(value),
                f"{name} is known only at deployment.",
                remedy="The schedules are checked against it: give a fixed duration.",
            )
        check.duration("recovery_point_objective", objective, 1, _LONGEST)
        check.duration("longest_export", longest_export, 1, _LONGEST_EXPORT_HOURS * 60, unit="minutes")
        full_gap = _gap(check, "full_schedule", full)
        name = "full_schedule" if incremental is None else "incremental_schedule"
        gap = full_gap if incremental is None else _gap(check, name, incremental)
        wanted = None if objective is None else int(objective.to_seconds())
        full_seconds = None if full_gap is None else full_gap.seconds
        if gap is None:
            if wanted is None:
                check.fail(
                    f"{name} is known only at deployment.",
                    remedy="Give recovery_point_objective, which the alarm on the age of exported data needs then.",
                )
            return cls(seconds=wanted, full_gap=full_seconds)
        check.require(
            incremental is None or gap.seconds >= _SHORTEST_WINDOW,
            f"incremental_schedule fires at least every {gap.seconds} s.",
            remedy="DynamoDB exports windows of 15 minutes and more: give a schedule that fires less often.",
        )
        export = int(longest_export.to_seconds())
        oldest = gap.seconds + _PRECISION + _RECOVERY_LAG + _LOOKS + export
        if wanted is None:
            return cls(seconds=oldest + max(_LEAST_ALLOWANCE, gap.seconds // 10), full_gap=full_seconds)
        check.require(
            wanted >= oldest,
            f"recovery_point_objective is {wanted:,} s, and by {name} exported data becomes {oldest:,} s old: its "
            f"largest gap is {gap}, Scheduler calls within {_PRECISION} s, what can be exported is {_RECOVERY_LAG} s "
            f"old, an export takes up to {export:,} s, and it is looked after every {LOOK_MINUTES} minutes.",
            remedy="Give a schedule that fires more often, a shorter longest_export, or promise less.",
        )
        return cls(seconds=wanted, full_gap=full_seconds)

    @property
    def event_age(self) -> int:
        """For how many seconds Scheduler tries to deliver an event: one that comes late is as good."""
        return _LONGEST_EVENT_AGE


def _gap(check: Check, name: str, schedule: scheduler.ScheduleExpression) -> Gap | None:
    expression, zone = schedule.expression_string, schedule.time_zone
    zone_name = "Etc/UTC" if zone is None else zone.timezone_name
    if is_token(expression) or is_token(zone_name):
        return None
    try:
        return largest_gap(expression, zone_name)
    except UnknownExpressionError as error:
        check.fail(
            f"{name} is {expression!r}, of which nobody can say how often it exports: {error}.",
            remedy="Give ScheduleExpression.rate or .cron, in a form that Scheduler documents, without a year.",
            cause=error,
        )
