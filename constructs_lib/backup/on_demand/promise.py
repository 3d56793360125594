"""How old the newest backup may become."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common.promise import Promise, Subject, until_called
from constructs_lib.checks import Check

__all__ = ["promise_of"]

_NEWEST_BACKUP: Final = Subject(
    argument="recovery_point_objective",
    does="makes a backup",
    becomes="by this schedule the newest backup becomes {} old",
    alarm="the newest backup",
    remedy="Give a schedule that fires more often, or promise less.",
)


def promise_of(
    check: Check,
    schedule: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    objective: cdk.Duration | None,
) -> Promise:
    """What `schedule` can hold, once `objective` is not tighter than that."""
    gap = _NEWEST_BACKUP.gap(check, "schedule", schedule)
    return Promise.of(check, _NEWEST_BACKUP, objective, gap=gap, delays=[until_called(window)])
