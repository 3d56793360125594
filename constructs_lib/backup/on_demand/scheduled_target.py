"""The function as what the schedule of backups invokes, and where what it cannot take goes."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.backup.common.kept_target import KeptTarget

__all__ = ["run_schedule"]


def run_schedule(
    scope: Construct,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    expression: scheduler.ScheduleExpression,
    window: cdk.Duration | None,
    queue: sqs.IQueue,
    event_age: int,
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
        target=KeptTarget(function.function_arn, role, event=event, queue=queue, event_age=event_age),
        time_window=None if window is None else scheduler.TimeWindow.flexible(window),
        description="Backs up tables",
    )
