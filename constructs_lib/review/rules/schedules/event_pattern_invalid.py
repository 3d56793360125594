from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading, event_patterns
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, pattern_of

__all__ = ["event_pattern_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Write the pattern as an object in whose lists the values stand, such as {source: [aws.s3]}.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
)
def event_pattern_invalid(stack: StackReading) -> Iterator[Found]:
    """A rule's event pattern is none that EventBridge takes: the deployment is refused."""
    for node in stack.of_type(RULE):
        problem = event_patterns.problem_of(pattern_of(node))
        if problem:
            yield Found(node=node, message=f"The EventPattern of {node.path} {problem}.")
