"""The schedule by which a function looks at what it has made."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.function.schedule_target import FunctionTarget

__all__ = ["look_schedule"]


def look_schedule(
    scope: Construct,
    function: lambda_.IFunction,
    role: iam.IRole,
    *,
    tables: Sequence[dynamodb.ITable],
    minutes: int,
    description: str,
    construct_id: str = "Looks",
) -> scheduler.Schedule:
    """The schedule, below `scope`, by which `function` looks at `tables` every so many `minutes`.

    What fails is not tried again: the next look comes soon, and the alarm rings where none succeeds.
    """
    event = scheduler.ScheduleTargetInput.from_object(
        {"look": True, "tables": [table.table_arn for table in tables]}
    )
    return scheduler.Schedule(
        scope,
        construct_id,
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(minutes)),
        target=FunctionTarget(function, role, event=event, retry=False),
        description=description,
    )
