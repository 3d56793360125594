from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, SCHEDULE, targets_of

__all__ = ["target_retries"]

RANGES: Final = (
    Range(keys=("RetryPolicy", "MaximumRetryAttempts"), low=0, high=185),
    Range(keys=("RetryPolicy", "MaximumEventAgeInSeconds"), low=60, high=86_400),
)


@rule(
    severity=Severity.ERROR,
    remedy="Retry up to 185 times, for 60 to 86,400 seconds.",
    source="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html",
)
def target_retries(stack: StackReading) -> Iterator[Found]:
    """A target is retried more often, or for another time, than EventBridge takes: it is refused."""
    for target in targets_of(stack, RULE, SCHEDULE):
        for message in outside(target, RANGES):
            yield Found(node=target.by, message=message)
