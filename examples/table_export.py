"""How do tables get to S3, changes of each hour included? A full export a week, and one chain of windows."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import ExportLifecycle, TableExport


def build(app: cdk.App) -> None:
    """A table that is exported, so that any hour of the last year can be put together again."""
    stack = cdk.Stack(app, "TableExport")
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True  # DynamoDB exports only what it holds
        ),
    )
    TableExport(
        stack,
        "Export",
        tables=[orders],
        full_schedule=scheduler.ScheduleExpression.cron(week_day="SUN", hour="3", minute="0"),
        incremental_schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
        lifecycle=ExportLifecycle(expire_after=cdk.Duration.days(400)),
        object_lock=s3.ObjectLockRetention.governance(cdk.Duration.days(30)),
        recovery_point_objective=cdk.Duration.hours(3),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
