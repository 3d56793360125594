from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, Target, targets_of

__all__ = ["target_dead_letters_elsewhere"]


@rule(
    severity=Severity.ERROR,
    remedy="Make the queue in the Region of the rule or schedule.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
)
def target_dead_letters_elsewhere(stack: StackReading) -> Iterator[Found]:
    """A rule leaves dead letters in a queue of another Region: EventBridge refuses it."""
    for target in targets_of(stack, RULE):
        there = _region_of(target)
        if there and stack.region and there != stack.region:
            yield Found(
                node=target.by,
                message=f"{target.by.path} is in {stack.region}, and its dead letters go to a queue in {there}.",
            )


def _region_of(target: Target) -> str | None:
    if target.dead_letters is not None:
        return target.dead_letters.stack.region
    parts = str(at(target.data, "DeadLetterConfig", "Arn")).split(":")
    return parts[_REGION] if len(parts) > _REGION and parts[0] == "arn" and is_known(parts[_REGION]) else None


_REGION: Final = 3
