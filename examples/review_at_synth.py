"""How do I have every synthesis reviewed? Add the plugin; what it finds ends the synthesis, or has a reason."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.alarms import AlarmTopic
from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.review import Severity
from constructs_lib.review_plugin import ReviewPlugin

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function, and a review that lets no warning pass."""
    stack = cdk.Stack(app, "ReviewAtSynth")
    ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
    )

    cdk.Validations.of(app).add_plugins(ReviewPlugin(fail_on=Severity.WARNING))
    cdk.Validations.of(AlarmTopic.of(stack)).acknowledge(
        cdk.Acknowledgment(
            id="constructs_lib::topic-without-subscription",
            reason="The team's chat subscribes to the topic in a stack of its own.",
        )
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
