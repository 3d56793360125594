"""Tables and their export."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.backup import TableExport


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Exports", env=cdk.Environment(account="000000000000", region="us-east-1"))
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    export = TableExport(
        stack,
        "Export",
        tables=[orders],
        full_schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(7)),
        incremental_schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    for name, value in {
        "Table": orders.table_arn,
        "Alias": export.function.alias.function_arn,
        "Function": export.function.function.function_name,
        "Bucket": export.bucket.bucket_name,
        "Ledger": export.ledger.table_name,
        "Failed": export.failed.alarm_name,
    }.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
