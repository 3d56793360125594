"""Tables of both kinds and one from elsewhere, with point-in-time recovery."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.backup import PointInTimeRecovery


def main() -> None:
    """Build it."""
    app = cdk.App()
    stack = cdk.Stack(app, "Recoveries", env=cdk.Environment(account="000000000000", region="us-east-1"))
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    gone = cdk.RemovalPolicy.DESTROY
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=key,
        replicas=[dynamodb.ReplicaTableProps(region="eu-west-1")],
        removal_policy=gone,
    )
    stock = dynamodb.Table(stack, "Stock", partition_key=key, removal_policy=gone)
    mail = dynamodb.Table.from_table_name(stack, "Mail", "recoveries-mail")
    recovery = PointInTimeRecovery(
        stack,
        "Recovery",
        tables=[orders, mail, stock],
        recovery_period=cdk.Duration.days(7),
        removal_policy=gone,
    )
    for name, value in {
        "Orders": orders.table_name,
        "Stock": stock.table_name,
        "Schedule": recovery.schedule.schedule_name,
        "Age": recovery.age.alarm_name,
    }.items():
        cdk.CfnOutput(stack, f"{name}Out", value=value)
    app.synth()


main()
