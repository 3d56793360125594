"""How do I know that my backups can be restored? Restore one a week, compare it, and hear of it if it is not good."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.alarms import AlarmRoute, AlarmTopic
from constructs_lib.backup import PointInTimeView, RestoreTest, UnchangedItems


def build(app: cdk.App) -> None:
    """A table of this app, compared with its own past, and one of another that says when its items were written."""
    stack = cdk.Stack(app, "RestoreTest")
    team = AlarmTopic(stack, "OrdersTeam")
    team.add_email("orders-team@example.com")
    route = AlarmRoute.to_topic(team.topic, ok=True)
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    customers = dynamodb.Table.from_table_name(stack, "Customers", "customers")

    RestoreTest(
        stack,
        "OrdersRestore",
        tables=[orders],
        schedule=scheduler.ScheduleExpression.cron(week_day="SUN", hour="3", minute="0"),
        comparisons=[PointInTimeView()],
        recovery_time_objective=cdk.Duration.hours(2),
        route=route,
    )
    RestoreTest(
        stack,
        "CustomersRestore",
        tables=[customers],
        schedule=scheduler.ScheduleExpression.cron(week_day="SUN", hour="4", minute="0"),
        comparisons=[UnchangedItems(modified_attribute="updated_at")],
        overdue_after=cdk.Duration.days(10),
        route=route,
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
