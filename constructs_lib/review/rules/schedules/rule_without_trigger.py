from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE

__all__ = ["rule_without_trigger"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the rule an EventPattern or a ScheduleExpression.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
)
def rule_without_trigger(stack: StackReading) -> Iterator[Found]:
    """A rule has neither an event pattern nor a schedule: EventBridge refuses it."""
    for node in stack.of_type(RULE):
        if not node.has("EventPattern") and not node.has("ScheduleExpression"):
            yield Found(node=node, message=f"{node.path} has no EventPattern and no ScheduleExpression.")
