"""Two functions on the layer of the toolkit, and the table that they share."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.bundling import PythonCode, Target
from constructs_lib.function import HardenedFunction
from constructs_lib.toolkit import ToolkitLayer

RECOVERY = 3
NAMES = ("First", "Second")


def build(app: cdk.App) -> None:
    """The stack of the test."""
    stack = cdk.Stack(app, "SharedToolkit", env=cdk.Environment(account="000000000000", region="us-east-1"))
    state = dynamodb.TableV2(
        stack,
        "State",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    toolkit = ToolkitLayer(stack, "Toolkit", target=Target.host(), removal_policy=cdk.RemovalPolicy.DESTROY)
    for name in NAMES:
        function = HardenedFunction(
            stack,
            name,
            code=PythonCode.from_folder(Path(__file__).parent / "guarded", target=Target.host()),
            handler="guarded.handler",
            layers=[toolkit.layer],
            environment={"STATE_TABLE_NAME": state.table_name, "RECOVERY": str(RECOVERY)},
        )
        state.grant_read_write_data(function.function)
        cdk.CfnOutput(stack, f"{name}Out", value=function.alias.function_arn)
        cdk.CfnOutput(stack, f"{name}LogOut", value=function.log_group.log_group_name)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
