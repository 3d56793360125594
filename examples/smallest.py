"""What do I get for two arguments? A function that is watched, keeps its failures and can be rolled back."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """One stack with one function in it."""
    stack = cdk.Stack(app, "Smallest")
    ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
