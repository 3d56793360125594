"""How do I undo what a bad deployment wrote? Restore to the second before it, and know when that is not possible."""

from datetime import UTC, datetime

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.backup import PointInTimeRecovery


def build(app: cdk.App) -> None:
    """A table of this app and one of another, both to be restored to any second of a fortnight."""
    stack = cdk.Stack(app, "PointInTimeRecovery")
    team = AlarmTopic(stack, "OrdersTeam")
    team.add_email("orders-team@example.com")
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    )
    customers = dynamodb.Table.from_table_name(stack, "Customers", "customers")

    PointInTimeRecovery(
        stack,
        "Recovery",
        tables=[orders, customers],
        recovery_period=cdk.Duration.days(14),
        recovery_point_objective=cdk.Duration.minutes(15),
        since=datetime(2026, 11, 1, tzinfo=UTC),  # the customers are older
        route=AlarmRoute.to_topic(team.topic, ok=True),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
