"""How do I protect a function that my app has already? Put the protections around it; it stays as it is."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from constructs_lib.function import SafeDeployment
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function as an app has it, and what is put around its alias."""
    stack = cdk.Stack(app, "AroundExisting")
    existing = lambda_.Function(
        stack,
        "Existing",
        code=lambda_.Code.from_asset(str(HANDLERS / "orders")),
        handler="orders.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    alias = existing.add_alias("production")

    protected = ResilientFunction.around(
        stack,
        "Protected",
        function=alias,  # what traffic uses: asynchronous settings and metrics belong to it alone
        deployment=SafeDeployment(),
    )
    if protected.dead_letter_queue is not None:
        cdk.CfnOutput(stack, "DeadLetters", value=protected.dead_letter_queue.queue_url)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
