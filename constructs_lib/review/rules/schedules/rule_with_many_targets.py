from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE

__all__ = ["rule_with_many_targets"]

_MOST: Final = 5


@rule(
    severity=Severity.ERROR,
    remedy="Make a second rule with the same pattern for the other targets.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
)
def rule_with_many_targets(stack: StackReading) -> Iterator[Found]:
    """A rule has more targets than EventBridge takes."""
    for node in stack.of_type(RULE):
        count = node.count("Targets")
        if count is not None and count > _MOST:
            yield Found(node=node, message=f"{node.path} has {count} targets; it may have {_MOST}.")
