from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import lasting
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import queues_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import sources_of

__all__ = ["dead_letters_kept_no_longer"]

_MOST: Final = 1_209_600


@rule(
    severity=Severity.WARNING,
    remedy="Keep dead letters longer than the source queue keeps messages, such as 14 days (MessageRetentionPeriod "
    "1209600).",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letters_kept_no_longer(stack: StackReading) -> Iterator[Found]:
    """Dead letters expire as early as messages of their source: their time runs from the first sending."""
    for queue in queues_of(stack):
        kept = queue.retention
        if kept is None or kept >= _MOST or queue.fifo is not False:
            continue
        for source in sources_of(queue):
            if source.retention is not None and kept <= source.retention:
                yield Found(
                    node=queue.node,
                    message=f"{queue.node.path} keeps dead letters of {source.node.path} for {lasting(kept)}, and "
                    f"that queue its messages for {lasting(source.retention)}.",
                )
                break
