"""How does it fit into an app with queues and tables? Grants and event sources take it as they take any function."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import DeadLetterQueue
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function between a queue, an HTTPS address of its own, and a table."""
    stack = cdk.Stack(app, "Compose")
    table = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    incoming = sqs.Queue(
        stack,
        "Incoming",
        enforce_ssl=True,
        visibility_timeout=cdk.Duration.minutes(3),  # six times the function's timeout
        dead_letter_queue=sqs.DeadLetterQueue(queue=DeadLetterQueue(stack, "Failed"), max_receive_count=5),
    )
    take_order = ResilientFunction(
        stack,
        "TakeOrder",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        environment={"TABLE_NAME": table.table_name},
    )
    table.grant_read_write_data(take_order)
    take_order.add_function_url()  # for signed requests only
    take_order.add_event_source(sources.SqsEventSource(incoming, report_batch_item_failures=True))


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
