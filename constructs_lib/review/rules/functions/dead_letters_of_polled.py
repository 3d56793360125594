from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule

__all__ = ["dead_letters_of_polled"]


@rule(
    severity=Severity.WARNING,
    remedy="Set the RedrivePolicy of the queue, or OnFailure in the event source mapping of the stream.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
)
def dead_letters_of_polled(stack: StackReading) -> Iterator[Found]:
    """A function that reads a queue or a stream has a dead-letter queue of its own: no failed record comes there."""
    for function in functions_of(stack):
        if (
            function.polled
            and not function.called_async
            and function.node.has("DeadLetterConfig", "TargetArn")
        ):
            yield Found(
                node=function.node,
                message=f"{function.node.path} has a DeadLetterConfig, but {function.polled[0].path} waits for it.",
            )
