"""How long ago a table's last good restore test may be."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common.promise import Delay, Promise, Subject, until_called
from constructs_lib.checks import Check

__all__ = ["promise_of"]

_LAST_TEST: Final = Subject(
    argument="overdue_after",
    does="tests",
    becomes="by this schedule the last good test is up to {} ago",
    alarm="the last good test",
    remedy="Give a schedule that fires more often, a shorter timeout, or promise less.",
)


def promise_of(
    check: Check,
    schedule: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    timeout: cdk.Duration,
    overdue_after: cdk.Duration | None,
) -> Promise:
    """What `schedule` can hold, once `overdue_after` is not tighter than that."""
    lasting = int(timeout.to_seconds()) + (0 if window is None else int(window.to_seconds()))
    delays = [until_called(), Delay(seconds=lasting, because=f"window and timeout are {lasting:,} s")]
    gap = _LAST_TEST.gap(check, "schedule", schedule)
    return Promise.of(check, _LAST_TEST, overdue_after, gap=gap, delays=delays)
