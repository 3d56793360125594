"""What do I look at when it rings? One dashboard: the alarms first, then what explains them."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs

from constructs_lib.bundling import PythonCode
from constructs_lib.dashboards import (
    LambdaSegment,
    QueueSegment,
    SavedQueries,
    ServiceDashboard,
    TableSegment,
)
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function of this app on one dashboard with a queue and a table of another app, one in another Region."""
    stack = cdk.Stack(app, "Dashboard")
    orders = ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
    )
    incoming = sqs.Queue.from_queue_arn(
        stack, "Incoming", stack.format_arn(service="sqs", resource="incoming-orders")
    )
    replica = dynamodb.Table.from_table_name(stack, "Replica", "orders")

    dashboard = ServiceDashboard(
        stack,
        "OrderService",
        title="Order service",
        segments=[
            LambdaSegment(
                orders.handle,
                name="Orders",
                dead_letter_queue=orders.dead_letter_queue,
                alarms=[orders.alarms],
            ),
            QueueSegment(incoming, name="Incoming orders"),
        ],
        default_interval=cdk.Duration.hours(3),
    )
    dashboard.add_segment(TableSegment(replica, name="Orders table", region="us-west-2"))
    SavedQueries(stack, "Queries", log_groups=[orders.log_group], folder="order service")


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
