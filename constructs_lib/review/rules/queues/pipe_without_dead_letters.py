from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import PIPE, Kind, kind_of

__all__ = ["pipe_without_dead_letters"]

_STREAMS: Final = {Kind.KINESIS: "KinesisStreamParameters", Kind.TABLE: "DynamoDBStreamParameters"}


@rule(
    severity=Severity.WARNING,
    remedy="Set DeadLetterConfig of the pipe's source to a queue.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html",
)
def pipe_without_dead_letters(stack: StackReading) -> Iterator[Found]:
    """A pipe reads a stream and has no queue for dead letters: what its target refuses is lost."""
    for pipe in stack.of_type(PIPE):
        kind = kind_of(pipe)
        parameters = _STREAMS.get(kind) if kind else None
        if parameters and not pipe.has("SourceParameters", parameters, "DeadLetterConfig", "Arn"):
            yield Found(node=pipe, message=f"{pipe.path} reads a stream and has no DeadLetterConfig.")
