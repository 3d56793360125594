"""How old the newest backup may become, by the schedule and by what is promised."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup.common.cron_fields import UnknownExpressionError
from constructs_lib.backup.common.largest_gap import Gap, largest_gap
from constructs_lib.checks import Check, is_token

__all__ = ["RecoveryPoint"]

_PRECISION = 60
"""Seconds within which Scheduler calls.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
_LEAST_ALLOWANCE = 3_600
_LONGEST = 3_660 * 86_400
_LONGEST_EVENT_AGE = 86_400
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"""
_SHORTEST_EVENT_AGE = 60
_LOOKS = (15, 5, 1)
"""Minutes from one look to the next."""
_LOOKS_WITHIN = 12
"""How many looks there are at least while the newest backup grows as old as it may."""


@dataclass(frozen=True, kw_only=True)
class RecoveryPoint:
    """How old the newest backup may become.

    Attributes:
        gap: the largest gap of the schedule; None where it is known only at deployment.
        promised: after how many seconds without a backup somebody has to know.
        look_minutes: how often the age is published.
        event_age: for how many seconds Scheduler tries to deliver an event.
    """

    gap: Gap | None
    promised: int

    @property
    def look_minutes(self) -> int:
        """Minutes from one look to the next."""
        return next((each for each in _LOOKS if each * 60 * _LOOKS_WITHIN <= self.promised), _LOOKS[-1])

    @property
    def event_age(self) -> int:
        """Until the next event comes, and as long as Scheduler can at most."""
        gap = self.gap.seconds if self.gap else _LONGEST_EVENT_AGE
        return max(_SHORTEST_EVENT_AGE, min(gap, _LONGEST_EVENT_AGE))

    @classmethod
    def of(
        cls,
        check: Check,
        schedule: scheduler.ScheduleExpression,
        window: cdk.Duration | None,
        objective: cdk.Duration | None,
    ) -> "RecoveryPoint":
        """What `schedule` can hold, once `objective` is not tighter than that."""
        check.require(
            not is_token(objective),
            "recovery_point_objective is known only at deployment.",
            remedy="The schedule is checked against it: give a fixed duration.",
        )
        check.duration("recovery_point_objective", objective, 1, _LONGEST)
        gap = _gap(check, schedule)
        wanted = None if objective is None else int(objective.to_seconds())
        if gap is None:
            if wanted is None:
                check.fail(
                    "schedule is known only at deployment.",
                    remedy="Give recovery_point_objective, which the alarm on the newest backup needs then.",
                )
            return cls(gap=None, promised=wanted)
        late = _PRECISION + (0 if window is None else int(window.to_seconds()))
        oldest = gap.seconds + late
        if wanted is None:
            return cls(gap=gap, promised=oldest + max(_LEAST_ALLOWANCE, gap.seconds // 10))
        check.require(
            wanted >= oldest,
            f"recovery_point_objective is {wanted:,} s, and by this schedule the newest backup becomes {oldest:,} s "
            f"old: its largest gap is {gap}, and Scheduler calls within {late:,} s.",
            remedy="Give a schedule that fires more often, or promise less.",
        )
        return cls(gap=gap, promised=wanted)


def _gap(check: Check, schedule: scheduler.ScheduleExpression) -> Gap | None:
    expression, zone = schedule.expression_string, schedule.time_zone
    name = "Etc/UTC" if zone is None else zone.timezone_name
    if is_token(expression) or is_token(name):
        return None
    try:
        return largest_gap(expression, name)
    except UnknownExpressionError as error:
        check.fail(
            f"schedule is {expression!r}, of which nobody can say how often it makes a backup: {error}.",
            remedy="Give ScheduleExpression.rate or .cron, in a form that Scheduler documents, without a year.",
            cause=error,
        )
