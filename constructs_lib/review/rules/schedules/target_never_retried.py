from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, runs_again_soon, targets_of

__all__ = ["target_never_retried"]


@rule(
    severity=Severity.NOTE,
    remedy="Leave MaximumRetryAttempts out, or set it to a few: the target may be told twice, which it must bear "
    "anyway.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
)
def target_never_retried(stack: StackReading) -> Iterator[Found]:
    """What a target does not take at once is given up: a moment of throttling costs a run."""
    for target in targets_of(stack, RULE, SCHEDULE):
        attempts = target.number("RetryPolicy", "MaximumRetryAttempts")
        if attempts == 0 and not runs_again_soon(target.by):
            yield Found(node=target.by, message=f"{target.by.path} has MaximumRetryAttempts 0.")
