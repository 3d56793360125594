from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, sure, targets_of

__all__ = ["target_dead_letters_fifo"]


@rule(
    severity=Severity.ERROR,
    remedy="Use a standard queue for what cannot be delivered.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
)
def target_dead_letters_fifo(stack: StackReading) -> Iterator[Found]:
    """A rule or a schedule leaves dead letters in a FIFO queue: EventBridge cannot use one."""
    for target in targets_of(stack, RULE, SCHEDULE):
        queue = target.dead_letters
        if queue is not None and sure(target.by, queue) and queue.flag("FifoQueue") is True:
            yield Found(
                node=target.by,
                message=f"{target.by.path} leaves dead letters in {queue.path}, which is a FIFO queue.",
            )
