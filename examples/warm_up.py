"""How do I keep a function with little traffic warm? Ping it, and let the handler skip the ping."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.bundling import PythonCode
from constructs_lib.function import WarmUp
from constructs_lib.handlers import handler_folder
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function that is pinged; the helper that recognises the ping is bundled with it."""
    stack = cdk.Stack(app, "WarmUp")
    ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "warm", extra_folders=[handler_folder("warm_up")]),
        handler="warm.handler",
        warm_up=WarmUp(every=cdk.Duration.minutes(4)),
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
