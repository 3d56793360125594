from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE

__all__ = ["rule_without_targets"]


@rule(
    severity=Severity.WARNING,
    remedy="Add a target, or remove the rule.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
)
def rule_without_targets(stack: StackReading) -> Iterator[Found]:
    """A rule has no target: what it matches goes nowhere."""
    for node in stack.of_type(RULE):
        if node.count("Targets") == 0:
            yield Found(node=node, message=f"{node.path} has no Targets.")
