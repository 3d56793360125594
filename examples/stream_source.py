"""How does a function follow a table's changes without a bad record that blocks the others? By its stream."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.alarms.services import TableAlarms
from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import StreamSource
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A table, and a function that gets each change of it."""
    stack = cdk.Stack(app, "FedByStream")
    orders = dynamodb.TableV2(
        stack,
        "Orders",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    TableAlarms(stack, "OrdersAlarms", table=orders)
    project = ResilientFunction(
        stack,
        "Project",
        code=PythonCode.from_folder(HANDLERS / "consumers"),
        handler="consumers.of_table",
        timeout=cdk.Duration.seconds(20),
    )
    StreamSource(
        stack,
        "Changes",
        function=project.alias,
        table=orders,
        parallelization_factor=2,
        maximum_age=cdk.Duration.minutes(5),  # a projection that is older than that is wrong
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
