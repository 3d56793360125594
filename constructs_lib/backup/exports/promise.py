"""How old exported data may become, by the schedules and by what is promised."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common import promise
from constructs_lib.backup.common.promise import Delay, Subject, until_called
from constructs_lib.checks import Check, is_token
from constructs_lib.schedules import shortest_gap

__all__ = ["LOOK_MINUTES", "Promise"]

LOOK_MINUTES = 5
"""From one look at exports to the next."""
_RECOVERY_LAG = 300
"""Seconds that the latest moment that can be exported is typically old.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
"""
_LOOKS = 2 * LOOK_MINUTES * 60
"""One until the export is begun, and one until it is seen to be complete."""
_SHORTEST_WINDOW = 900
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"""
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
        check.require(
            not is_token(longest_export),
            "longest_export is known only at deployment.",
            remedy="How old exported data becomes depends on it: give a fixed duration.",
        )
        check.duration("longest_export", longest_export, 1, _LONGEST_EXPORT_HOURS * 60, unit="minutes")
        name = "full_schedule" if incremental is None else "incremental_schedule"
        subject = _about(name)
        full_gap = subject.gap(check, "full_schedule", full)
        gap = full_gap if incremental is None else subject.gap(check, name, incremental)
        if incremental is not None and gap is not None:
            shortest = shortest_gap(incremental.expression_string)
            check.require(
                shortest >= _SHORTEST_WINDOW,
                f"incremental_schedule fires {shortest} s after it has fired.",
                remedy="DynamoDB exports windows of 15 minutes and more: give a schedule that fires less often.",
            )
        export = int(longest_export.to_seconds())
        delays = [
            until_called(),
            Delay(seconds=_RECOVERY_LAG, because=f"what can be exported is {_RECOVERY_LAG} s old"),
            Delay(seconds=export, because=f"an export takes up to {export:,} s"),
            Delay(seconds=_LOOKS, because=f"it is looked after every {LOOK_MINUTES} minutes"),
        ]
        made = promise.Promise.of(check, subject, objective, gap=gap, delays=delays, name=name)
        return cls(seconds=made.promised, full_gap=None if full_gap is None else full_gap.seconds)

    @property
    def event_age(self) -> int:
        """For how many seconds Scheduler tries to deliver an event: one that comes late is as good."""
        return _LONGEST_EVENT_AGE


def _about(schedule: str) -> Subject:
    return Subject(
        argument="recovery_point_objective",
        does="exports",
        becomes=f"by {schedule} exported data becomes {{}} old",
        alarm="the age of exported data",
        remedy="Give a schedule that fires more often, a shorter longest_export, or promise less.",
    )
