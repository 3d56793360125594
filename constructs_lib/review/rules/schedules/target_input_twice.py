from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, targets_of

__all__ = ["target_input_twice"]

_KEYS: Final = ("Input", "InputPath", "InputTransformer")


@rule(
    severity=Severity.ERROR,
    remedy="Keep one of Input, InputPath and InputTransformer.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
)
def target_input_twice(stack: StackReading) -> Iterator[Found]:
    """A target of a rule says in two ways what it gets: EventBridge refuses it."""
    for target in targets_of(stack, RULE):
        given = [key for key in _KEYS if surely_has(target.data, key)]
        if len(given) > 1:
            yield Found(node=target.by, message=f"{target.name} has {' and '.join(given)}.")
