"""How does a function process a queue without losing a message? One queue of jobs, and one that keeps an order."""

from pathlib import Path

import aws_cdk as cdk

from constructs_lib.bundling import PythonCode
from constructs_lib.dead_letters import FifoOptions, QueueSource, RedriveSettings
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function that is fed by two queues, each with its dead letters, alarms and redrive."""
    stack = cdk.Stack(app, "FedByQueues")
    fulfil = ResilientFunction(
        stack,
        "Fulfil",
        code=PythonCode.from_folder(HANDLERS / "consumers"),
        handler="consumers.of_queue",
        timeout=cdk.Duration.seconds(20),
    )
    QueueSource(stack, "Orders", function=fulfil.alias, max_concurrency=10)
    QueueSource(
        stack,
        "Corrections",
        function=fulfil.alias,
        fifo=FifoOptions(content_based_deduplication=True),  # those of one customer in their order
        batch_size=1,  # so that nobody's correction fails along with another's
        redrive=RedriveSettings(schedule=None),  # by hand: what came later was done in the meantime
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
