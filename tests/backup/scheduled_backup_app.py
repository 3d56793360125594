"""A table and its scheduled backup."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import Retention, ScheduledBackup


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Backups", env=cdk.Environment(account="000000000000", region="us-east-1"))
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    backup = ScheduledBackup(
        stack,
        "Backup",
        tables=[orders],
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
        retention=Retention(count=2, daily=0, weekly=0, monthly=0),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    for name, value in {
        "Table": orders.table_arn,
        "Function": backup.function.alias.function_arn,
        "Queue": backup.dead_letter_queue.queue_url,
        "Age": backup.age.alarm_name,
    }.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
