"""When the function of exports is called, and where what it cannot take goes."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.backup.common.kept_target import KeptTarget
from constructs_lib.backup.exports.promise import LOOK_MINUTES
from constructs_lib.function.schedule_target import FunctionTarget

__all__ = ["due_schedule", "look_schedule"]


def due_schedule(
    scope: Construct,
    construct_id: str,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    kind: str,
    tables: Sequence[dynamodb.ITable],
    expression: scheduler.ScheduleExpression,
    queue: sqs.IQueue,
    event_age: int,
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which exports of `kind` are due."""
    event = scheduler.ScheduleTargetInput.from_object(
        {
            "scheduled": scheduler.ContextAttribute.scheduled_time,
            "kind": kind,
            "tables": [table.table_arn for table in tables],
        }
    )
    return scheduler.Schedule(
        scope,
        construct_id,
        schedule=expression,
        target=KeptTarget(function.function_arn, role, event=event, queue=queue, event_age=event_age),
        description=f"Says that tables are to be exported: {kind}",
    )


def look_schedule(
    scope: Construct, function: lambda_.IFunction, role: iam.IRole, *, tables: Sequence[dynamodb.ITable]
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which exports are begun and followed to their end.

    What fails is not tried again: the next look comes soon, and the alarm rings where none succeeds.
    """
    event = scheduler.ScheduleTargetInput.from_object(
        {"look": True, "tables": [table.table_arn for table in tables]}
    )
    return scheduler.Schedule(
        scope,
        "Looks",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(LOOK_MINUTES)),
        target=FunctionTarget(function, role, event=event, retry=False),
        description="Begins the exports that are due, and follows them to their end",
    )
