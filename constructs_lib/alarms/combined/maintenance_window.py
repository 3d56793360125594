"""Times at which alarms keep quiet."""

import re
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef
from constructs import Construct

from constructs_lib.alarms.sets.alarm_set import AlarmSet
from constructs_lib.checks import Check, is_token

__all__ = ["MaintenanceWindow"]

_MOST_ALARMS = 100
_LONGEST = 15 * 24 * 60  # minutes
_EXPRESSION = re.compile(r"cron\(\S+( \S+){4}\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d\)")
_RULES = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html"


class MaintenanceWindow(cloudwatch.AlarmMuteRule):
    """A mute rule of CDK over alarms and whole sets of alarms.

    Alarms go on changing their state, and rules of EventBridge go on seeing it; only their actions wait. An alarm that
    still is in the state when the window ends acts then. Muting what a combined alarm is made of mutes nobody but
    them: name the one that notifies.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarms: Sequence[IAlarmRef | AlarmSet],
        schedule: cloudwatch.ScheduleExpression,
        duration: cdk.Duration,
        description: str | None = None,
        start: cloudwatch.CalendarDateTime | None = None,
        expire: cloudwatch.CalendarDateTime | None = None,
    ) -> None:
        """Mute `alarms` for `duration` each time that `schedule` says so.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            alarms: alarms of the same account and Region, at most 100; a set of alarms stands for its composite alarms
                that notify.
            schedule: once or again and again, by `aws_cdk.aws_cloudwatch.ScheduleExpression`. Without a time zone in
                it: UTC.
            duration: 1 minute to 15 days.
            description: what is going on.
            start: from when on the schedule counts. Left out: at once.
            expire: until when. Left out: for ever.

        Raises:
            ConfigurationError: nothing would be muted, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        check.instance("alarms", alarms, list, tuple)
        _check_schedule(check, schedule)
        check.require(duration is not None, "duration is None.", remedy="Give a duration.")
        check.duration("duration", duration, 1, _LONGEST, unit="minutes")
        for name, date in (("start", start), ("expire", expire)):
            check.instance(name, date, cloudwatch.CalendarDateTime, None)
        _check_order(check, start, expire)
        targets = [target for alarm in alarms for target in _targets(check, alarm)]
        check.require(
            0 < len(targets) <= _MOST_ALARMS,
            f"there are {len(targets)} alarms to mute.",
            remedy=f"Give 1 to {_MOST_ALARMS}. See {_RULES}",
        )
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                alarms=targets,
                schedule=schedule,
                duration=duration,
                description=description,
                start=start,
                expire=expire,
            )


def _targets(check: Check, alarm: IAlarmRef | AlarmSet) -> Sequence[IAlarmRef]:
    if isinstance(alarm, AlarmSet):
        check.require(
            len(alarm.notifying) > 0,
            f"{alarm.node.path} tells nobody, so there is nothing to mute.",
            remedy="Name the combined alarm that tells of it.",
        )
        return alarm.notifying
    check.require(
        hasattr(alarm, "alarm_ref"),
        f"alarms holds {alarm!r}.",
        remedy="Give CloudWatch alarms of CDK, made or imported, or sets of alarms.",
    )
    return [alarm]


def _check_schedule(check: Check, schedule: cloudwatch.ScheduleExpression) -> None:
    check.instance("schedule", schedule, cloudwatch.ScheduleExpression)
    text = schedule.expression_string
    check.require(
        is_token(text) or _EXPRESSION.fullmatch(text) is not None,
        f"schedule is {text!r}.",
        remedy=f"Give cron with five fields (minute, hour, day, month, weekday), or at. See {_RULES}",
    )


def _check_order(
    check: Check, start: cloudwatch.CalendarDateTime | None, expire: cloudwatch.CalendarDateTime | None
) -> None:
    if start is None or expire is None:
        return
    first, last = _moment(start), _moment(expire)
    check.require(
        is_token(first) or is_token(last) or first < last,
        "it expires before it starts.",
        remedy="Give an expire that is later than start.",
    )


def _moment(date: cloudwatch.CalendarDateTime) -> tuple[float, ...]:
    return date.year, date.month, date.day, date.hour, date.minute
