"""What starts a restore test, and what looks at the last ones."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.backup.common.kept_target import KeptTarget
from constructs_lib.backup.common.recovery_point import RecoveryPoint
from constructs_lib.function.schedule_target import FunctionTarget

__all__ = ["look_schedule", "run_schedules"]


def run_schedules(
    scope: Construct,
    machine: sfn.StateMachine,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    expression: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    queue: sqs.IQueue,
    point: RecoveryPoint,
) -> tuple[scheduler.Schedule, ...]:
    """The schedules, below `scope`, one for each of `tables`: each is tested by an execution of its own.

    Executions cannot be named after the scheduled time, since that has colons, which names must not have
    (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html). It is the ledger that
    keeps an event that comes twice from testing twice.
    """
    return tuple(
        scheduler.Schedule(
            scope,
            f"Schedule{number}",
            schedule=expression,
            target=KeptTarget(
                machine.state_machine_arn,
                role,
                event=scheduler.ScheduleTargetInput.from_object(
                    {"table": table.table_arn, "scheduled": scheduler.ContextAttribute.scheduled_time}
                ),
                queue=queue,
                event_age=point.event_age,
            ),
            time_window=None if window is None else scheduler.TimeWindow.flexible(window),
            description="Tests that the newest backup of a table can be restored",
        )
        for number, table in enumerate(tables, start=1)
    )


def look_schedule(
    scope: Construct,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    point: RecoveryPoint,
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which the age of the last good tests is published, and leftovers are deleted."""
    event = scheduler.ScheduleTargetInput.from_object(
        {"look": True, "tables": [table.table_arn for table in tables]}
    )
    return scheduler.Schedule(
        scope,
        "Looks",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(point.look_minutes)),
        target=FunctionTarget(function, role, event=event, retry=False),
        description="Publishes how long ago the last good restore tests were, and deletes what they left behind",
    )
