"""How does a bad version get stopped? A hook tries it, few requests meet it, and an alarm takes it back."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_codedeploy as codedeploy

from constructs_lib.bundling import PythonCode
from constructs_lib.checks import acknowledge
from constructs_lib.function import HardenedFunction, SafeDeployment
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function whose new versions are tried before any traffic, then take a tenth of it a minute."""
    stack = cdk.Stack(app, "SafeDeployment")
    hook = HardenedFunction(
        stack,
        "TryNewVersion",
        code=PythonCode.from_folder(HANDLERS / "checks"),
        handler="checks.handler",
    )
    reason = "CodeDeploy stops a deployment whose hook does not answer: no event is lost unnoticed."
    acknowledge(hook.function, {"Serverless::Serverless-LambdaDLQ": reason})
    orders = ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        deployment=SafeDeployment(
            config=codedeploy.LambdaDeploymentConfig.LINEAR_10_PERCENT_EVERY_1_MINUTE,
            pre_traffic_hook=hook.function,
        ),
    )
    hook.function.add_environment("NEW_VERSION", orders.version.function_arn)
    orders.version.grant_invoke(hook.function)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
