"""What schedules can hold, and what is promised of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.checks import Check, is_token
from constructs_lib.schedules import Gap, UnknownExpressionError, largest_gap_of

__all__ = ["Delay", "Oldest", "Promise", "Subject", "until_called"]

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
"""How many looks there are at least while what is watched grows as old as it may."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """What makes things older than the largest gap of their schedule.

    Attributes:
        seconds: how long it lasts at most.
        because: what it is, for a message.
    """

    seconds: int
    because: str


def until_called(window: cdk.Duration | None = None) -> Delay:
    """The time until Scheduler calls, with a flexible window or without."""
    seconds = _PRECISION + (0 if window is None else int(window.to_seconds()))
    return Delay(seconds=seconds, because=f"Scheduler calls within {seconds:,} s")


@dataclass(frozen=True, order=True)
class Oldest:
    """How old something can become.

    Attributes:
        seconds: at most.
        because: why, for a message.
    """

    seconds: int
    because: str

    @classmethod
    def by(cls, gap: Gap, delays: Sequence[Delay]) -> "Oldest":
        """What comes of the largest gap of a schedule, and of what is added to it."""
        *reasons, last = [f"its largest gap is {gap}", *(delay.because for delay in delays)]
        seconds = gap.seconds + sum(delay.seconds for delay in delays)
        return cls(seconds, f"{', '.join(reasons)}, and {last}")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a promise is about, in words.

    Attributes:
        argument: by which it is given.
        does: what the schedule does; continues "how often it ".
        becomes: what becomes how old, with ``{}`` in the place of the seconds.
        alarm: what the alarm is on.
        remedy: what to do about a promise that is too tight.
    """

    argument: str
    does: str
    becomes: str
    alarm: str
    remedy: str

    def wanted(self, check: Check, given: cdk.Duration | None) -> int | None:
        """The seconds that are promised, None for None; fail unless they are known now."""
        check.require(
            not is_token(given),
            f"{self.argument} is known only at deployment.",
            remedy="What is scheduled is checked against it: give a fixed duration.",
        )
        check.duration(self.argument, given, 1, _LONGEST)
        return None if given is None else int(given.to_seconds())

    def gap(self, check: Check, name: str, schedule: scheduler.ScheduleExpression) -> Gap | None:
        """The largest gap of the argument `name`, None where it is known only at deployment; fail if it has none."""
        try:
            return largest_gap_of(schedule)
        except UnknownExpressionError as error:
            check.fail(
                f"{name} is {schedule.expression_string!r}, of which nobody can say how often it {self.does}: {error}.",
                remedy="Give ScheduleExpression.rate or .cron, in a form that is documented, without a year.",
                cause=error,
            )

    def held(self, check: Check, wanted: int | None, oldest: Oldest, gap: Gap) -> int:
        """The seconds that are promised, which `oldest` must fit in. Left out: a tenth of `gap` or an hour more."""
        if wanted is None:
            return oldest.seconds + max(_LEAST_ALLOWANCE, gap.seconds // 10)
        check.require(
            wanted >= oldest.seconds,
            f"{self.argument} is {wanted:,} s, and {self.becomes.format(f'{oldest.seconds:,} s')}: {oldest.because}.",
            remedy=self.remedy,
        )
        return wanted


@dataclass(frozen=True, kw_only=True)
class Promise:
    """After what time without what a schedule should do somebody has to know.

    Attributes:
        gap: the largest gap of the schedule; None where it is known only at deployment.
        promised: the time, in seconds.
    """

    gap: Gap | None
    promised: int

    @property
    def look_minutes(self) -> int:
        """Minutes from one look to the next."""
        return next((each for each in _LOOKS if each * 60 * _LOOKS_WITHIN <= self.promised), _LOOKS[-1])

    @property
    def event_age(self) -> int:
        """For how many seconds Scheduler tries to deliver an event: until the next comes, or as long as it can."""
        gap = self.gap.seconds if self.gap else _LONGEST_EVENT_AGE
        return max(_SHORTEST_EVENT_AGE, min(gap, _LONGEST_EVENT_AGE))

    @classmethod
    def of(
        cls,
        check: Check,
        subject: Subject,
        given: cdk.Duration | None,
        *,
        gap: Gap | None,
        delays: Sequence[Delay],
        name: str = "schedule",
    ) -> "Promise":
        """What the argument `name`, of that largest `gap`, can hold, once what is `given` is not tighter than that."""
        wanted = subject.wanted(check, given)
        if gap is None:
            if wanted is None:
                check.fail(
                    f"{name} is known only at deployment.",
                    remedy=f"Give {subject.argument}, which the alarm on {subject.alarm} needs then.",
                )
            return cls(gap=None, promised=wanted)
        return cls(gap=gap, promised=subject.held(check, wanted, Oldest.by(gap, delays), gap))
