"""How dead letters are re-driven: when, how fast, which, and how often at most."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef

from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters.redrive.written_down import check_room

__all__ = ["AnyAlarm", "RedriveSettings", "WrittenBy", "alarm_arn"]

AnyAlarm = cloudwatch.IAlarm | IAlarmRef | cloudwatch.CfnCompositeAlarm

_RATE = (1, 500)
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html"""
_ATTEMPTS = (1, 1_000)
_FOURTEEN_DAYS = 1_209_600
"""Seconds: as long as SQS keeps a message.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""


class WrittenBy(StrEnum):
    """Who wrote the messages of a dead-letter queue, which decides what they look like and how they go back."""

    QUEUE = "queue"
    """The redrive policy of an SQS queue: SQS moves the messages back by itself."""
    ASYNCHRONOUS = "asynchronous"
    """The on-failure destination, or the dead-letter queue, of asynchronous invocations."""
    STREAM = "stream"
    """The on-failure destination of a stream's event source mapping: the records are read again."""
    TOPIC = "topic"
    """The dead-letter queue of an SNS subscription."""
    RULE = "rule"
    """The dead-letter queue of an EventBridge rule's target."""
    SCHEDULE = "schedule"
    """The dead-letter queue of an EventBridge Scheduler target."""


@dataclass(frozen=True, kw_only=True)
class RedriveSettings:
    """When dead letters are given again to what could not process them, and which of them.

    Attributes:
        schedule: by the clock. Left out: every hour; None leaves it to alarms and to people.
        on_alarm: alarms that start it as they begin to ring.
        on_ok: alarms that start it once they are over, e.g. that of the dependency that was down.
        rate_per_second: events a second at most, 1 to 500.
        max_attempts: how often one event is re-driven before it is parked, at least 1.
        minimum_age: leave alone what failed less long ago. Left out: nothing is too young.
        maximum_age: park what failed longer ago, unread. Left out: nothing is too old.
        error_types: only what failed with one of these. Left out: whatever it failed with.
        except_error_types: never what failed with one of these; it is parked.
        dry_run: only count and report.
    """

    schedule: scheduler.ScheduleExpression | None = field(
        default_factory=lambda: scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))
    )
    on_alarm: Sequence[AnyAlarm] = ()
    on_ok: Sequence[AnyAlarm] = ()
    rate_per_second: int = 5
    max_attempts: int = 3
    minimum_age: cdk.Duration | None = None
    maximum_age: cdk.Duration | None = None
    error_types: Sequence[str] = ()
    except_error_types: Sequence[str] = ()
    dry_run: bool = False

    def check(self, check: Check, name: str, written_by: WrittenBy) -> None:
        """Fail unless dead letters that `written_by` wrote can be re-driven so; `name` is the argument's."""
        check.instance(f"{name}.schedule", self.schedule, scheduler.ScheduleExpression, None)
        for field_name in ("on_alarm", "on_ok"):
            alarms = getattr(self, field_name)
            check.instance(f"{name}.{field_name}", alarms, list, tuple)
            for alarm in alarms:
                check.require(
                    isinstance(alarm, cloudwatch.CfnCompositeAlarm)
                    or hasattr(alarm, "alarm_arn")
                    or hasattr(alarm, "alarm_ref"),
                    f"{name}.{field_name} has {check.shown(alarm)}.",
                    remedy="Give alarms of aws_cdk.aws_cloudwatch, made or imported.",
                )
        for field_name in ("rate_per_second", "max_attempts", "minimum_age", "maximum_age"):
            check.require(
                not is_token(getattr(self, field_name)),
                f"{name}.{field_name} is known only at deployment, and would reach the handler as a text.",
                remedy="Give a fixed one.",
            )
        check.within(f"{name}.rate_per_second", self.rate_per_second, *_RATE, unit="events a second")
        check.within(f"{name}.max_attempts", self.max_attempts, *_ATTEMPTS)
        check.instance(f"{name}.dry_run", self.dry_run, bool)
        self._check_ages(check, name)
        self._check_errors(check, name, written_by)

    def _check_ages(self, check: Check, name: str) -> None:
        for field_name in ("minimum_age", "maximum_age"):
            check.duration(f"{name}.{field_name}", getattr(self, field_name), 0, _FOURTEEN_DAYS)
        youngest, oldest = self.minimum_age, self.maximum_age
        if youngest is None or oldest is None:
            return
        check.require(
            youngest.to_seconds() < oldest.to_seconds(),
            f"{name}.minimum_age is {youngest.to_seconds():g} s, and maximum_age {oldest.to_seconds():g} s: everything "
            "is too young or too old.",
            remedy="Give a maximum age above the minimum age.",
        )

    def _check_errors(self, check: Check, name: str, written_by: WrittenBy) -> None:
        for field_name in ("error_types", "except_error_types"):
            given = getattr(self, field_name)
            check.instance(f"{name}.{field_name}", given, list, tuple)
            check.require(
                all(isinstance(each, str) and each for each in given),
                f"{name}.{field_name} is {given!r}.",
                remedy="Give names of errors as the function reports them, such as TimeoutError.",
            )
        check.require(
            written_by is not WrittenBy.QUEUE or not (self.error_types or self.except_error_types),
            f"{name} names types of errors, but SQS does not say why a message could not be processed.",
            remedy="Leave error_types and except_error_types out; ages can be chosen.",
        )
        both = sorted(set(self.error_types) & set(self.except_error_types))
        check.require(
            not both,
            f"{name} has {', '.join(both)} among error_types and among except_error_types.",
            remedy="Leave each in one of them.",
        )
        check_room(check, name, [*self.error_types, *self.except_error_types])


def alarm_arn(alarm: AnyAlarm) -> str:
    """The ARN of an alarm of any kind: made or imported, L1 or L2, composite or not."""
    if isinstance(alarm, cloudwatch.CfnCompositeAlarm):
        return alarm.attr_arn
    if hasattr(alarm, "alarm_arn"):
        return cast("cloudwatch.IAlarm", alarm).alarm_arn
    return alarm.alarm_ref.alarm_arn
