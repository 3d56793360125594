"""The function as what the schedule of backups invokes, and where what it cannot take goes."""

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.backup.recovery_point import RecoveryPoint
from constructs_lib.function.schedule_target import FunctionTarget

__all__ = ["look_schedule", "run_schedule"]

_MOST_ATTEMPTS = 185
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"""


@jsii.implements(scheduler.IScheduleTarget)
class _KeptTarget:
    """A target of which no event is lost."""

    def __init__(self, target: FunctionTarget, queue: sqs.IQueue, event_age: int) -> None:
        self._target = target
        self._queue = queue
        self._event_age = event_age

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:
        bound = self._target.bind(schedule)
        return scheduler.ScheduleTargetConfig(
            arn=bound.arn,
            role=bound.role,
            input=bound.input,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self._queue.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=self._event_age, maximum_retry_attempts=_MOST_ATTEMPTS
            ),
        )


def run_schedule(
    scope: Construct,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    expression: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    queue: sqs.IQueue,
    point: RecoveryPoint,
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which `tables` are backed up."""
    event = scheduler.ScheduleTargetInput.from_object(
        {
            "scheduled": scheduler.ContextAttribute.scheduled_time,
            "tables": [table.table_arn for table in tables],
        }
    )
    return scheduler.Schedule(
        scope,
        "Schedule",
        schedule=expression,
        target=_KeptTarget(FunctionTarget(function, role, event=event), queue, point.event_age),
        time_window=None if window is None else scheduler.TimeWindow.flexible(window),
        description="Backs up tables",
    )


def look_schedule(
    scope: Construct,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    point: RecoveryPoint,
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which the age of their newest backups is published.

    What fails is not tried again: the next look comes soon, and the alarm rings where none succeeds.
    """
    event = scheduler.ScheduleTargetInput.from_object(
        {"look": True, "tables": [table.table_arn for table in tables]}
    )
    return scheduler.Schedule(
        scope,
        "Looks",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(point.look_minutes)),
        target=FunctionTarget(function, role, event=event, retry=False),
        description="Publishes how old the newest backups are",
    )
