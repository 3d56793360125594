"""How do several functions share one dead-letter queue? Make it once; its depth is watched once as well."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import DeadLetterQueue, DeadLetters
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """Two functions whose failed events end in the same queue."""
    stack = cdk.Stack(app, "SharedDeadLetters")
    failed = DeadLetterQueue(stack, "Failed")
    for name in ("Confirm", "Invoice"):
        ResilientFunction(
            stack,
            name,
            code=PythonCode.from_folder(HANDLERS / "orders"),
            handler="orders.handler",
            dead_letters=DeadLetters(queue=failed, max_event_age=cdk.Duration.hours(1)),
        )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
