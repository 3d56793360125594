from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import SCHEDULE, sure, targets_of

__all__ = ["schedule_may_not_leave_dead_letters"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the schedule's role sqs:SendMessage on the queue.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
)
def schedule_may_not_leave_dead_letters(stack: StackReading) -> Iterator[Found]:
    """A schedule's role may not send to its queue for dead letters: they are lost."""
    for target in targets_of(stack, SCHEDULE):
        role, queue = target.role, target.dead_letters
        if role is None or queue is None or not sure(target.by, queue):
            continue
        if lacks(role, ("sqs:SendMessage",), queue):
            yield Found(
                node=target.by,
                message=f"{role.path}, with which {target.by.path} runs, may not send to {queue.path}.",
            )
