"""When exports are due, and where what the function cannot take goes."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.backup.common.kept_target import KeptTarget

__all__ = ["due_schedule"]


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
