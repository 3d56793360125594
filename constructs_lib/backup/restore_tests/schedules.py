"""What starts a restore test."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.backup.common.kept_target import KeptTarget
from constructs_lib.backup.common.promise import Promise

__all__ = ["run_schedules"]


def run_schedules(
    scope: Construct,
    machine: sfn.StateMachine,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    expression: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    queue: sqs.IQueue,
    point: Promise,
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
