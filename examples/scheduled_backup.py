"""How do I get a table back as it was last month? Back it up every night, and know when that did not happen."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.backup import Retention, ScheduledBackup


def build(app: cdk.App) -> None:
    """A table of this app and one of another, each with the nights of a fortnight and the months of a year."""
    stack = cdk.Stack(app, "ScheduledBackup")
    team = AlarmTopic(stack, "OrdersTeam")
    team.add_email("orders-team@example.com")
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        # Backups reach back for years; this reaches back to any second of the last days.
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    customers = dynamodb.Table.from_table_name(stack, "Customers", "customers")

    ScheduledBackup(
        stack,
        "Nightly",
        tables=[orders, customers],
        schedule=scheduler.ScheduleExpression.cron(
            hour="1", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN
        ),
        retention=Retention(daily=14, weekly=0, monthly=12),
        recovery_point_objective=cdk.Duration.hours(26),
        route=AlarmRoute.to_topic(team.topic, ok=True),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
