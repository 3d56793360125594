"""How long ago a table's last good restore test may be."""

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common.recovery_point import RecoveryPoint
from constructs_lib.checks import Check, is_token

__all__ = ["promise_of"]

_PRECISION = 60
"""Seconds within which Scheduler calls.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
_LONGEST = 3_660 * 86_400


def promise_of(
    check: Check,
    schedule: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    timeout: cdk.Duration,
    overdue_after: cdk.Duration | None,
) -> RecoveryPoint:
    """What `schedule` can hold, once `overdue_after` is not tighter than that."""
    check.require(
        not is_token(overdue_after),
        "overdue_after is known only at deployment.",
        remedy="The schedule is checked against it: give a fixed duration.",
    )
    check.duration("overdue_after", overdue_after, 1, _LONGEST)
    wanted = None if overdue_after is None else int(overdue_after.to_seconds())
    zone = schedule.time_zone
    if is_token(schedule.expression_string) or (zone is not None and is_token(zone.timezone_name)):
        if wanted is None:
            check.fail(
                "schedule is known only at deployment.",
                remedy="Give overdue_after, which the alarm on the last good test needs then.",
            )
        return RecoveryPoint(gap=None, promised=wanted)
    lasting = int(timeout.to_seconds()) + (0 if window is None else int(window.to_seconds()))
    point = RecoveryPoint.of(check, schedule, cdk.Duration.seconds(lasting), None)
    if wanted is None or point.gap is None:
        return point
    oldest = point.gap.seconds + _PRECISION + lasting
    check.require(
        wanted >= oldest,
        f"overdue_after is {wanted:,} s, and by this schedule the last good test is up to {oldest:,} s ago: its "
        f"largest gap is {point.gap}, Scheduler calls within {_PRECISION:,} s, and window and timeout are "
        f"{lasting:,} s.",
        remedy="Give a schedule that fires more often, a shorter timeout, or promise less.",
    )
    return RecoveryPoint(gap=point.gap, promised=wanted)
