"""How do I write a handler that loses nothing? With the handler toolkit, bundled beside its code."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.alarms.services import TableAlarms
from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import QueueSource
from constructs_lib.handlers import handler_folder
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"
TOOLKIT = handler_folder("handler_toolkit")


def build(app: cdk.App) -> None:
    """A queue of payments, their function, and one table for idempotency and the circuit breaker."""
    stack = cdk.Stack(app, "HandlerToolkit")
    state = dynamodb.TableV2(
        stack,
        "State",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        time_to_live_attribute="expiration",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    charge = ResilientFunction(
        stack,
        "Charge",
        code=PythonCode.from_folder(
            HANDLERS / "payments", extra_folders=[TOOLKIT], requirements=TOOLKIT / "requirements.txt"
        ),
        handler="payments.handler",
        environment={
            "STATE_TABLE_NAME": state.table_name,
            "PROVIDER_URL": "https://payments.example.com/charges",
            "POWERTOOLS_SERVICE_NAME": "payments",
            "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        },
    )
    state.grant_read_write_data(charge)
    QueueSource(stack, "Payments", function=charge.alias)
    TableAlarms(stack, "StateAlarms", table=state)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
