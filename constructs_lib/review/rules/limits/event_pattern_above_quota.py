from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import length_of

__all__ = ["event_pattern_above_quota"]

_QUOTA: Final = 2_048
_MOST: Final = 4_096


@rule(
    severity=Severity.WARNING,
    remedy="Shorten the pattern, split it into two rules, or ask AWS for a higher quota before you deploy.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
)
def event_pattern_above_quota(stack: StackReading) -> Iterator[Found]:
    """An event pattern is longer than accounts may have without asking."""
    for node in stack.of_type("AWS::Events::Rule"):
        length = length_of(node.value("EventPattern")) if node.has("EventPattern") else 0
        if _QUOTA < length <= _MOST:
            yield Found(
                node=node,
                message=f"The EventPattern of {node.path} has {figure(length)} characters; the quota is "
                f"{figure(_QUOTA)}.",
            )
