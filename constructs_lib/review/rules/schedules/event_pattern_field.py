from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading, event_patterns
from constructs_lib.review.reading.data import has, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, pattern_of

__all__ = ["event_pattern_field"]


@rule(
    severity=Severity.ERROR,
    remedy="Use the names that events have: source, detail-type, detail, account, region, resources, time, id, "
    "version; what your own event carries is in detail.",
    source="https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html",
)
def event_pattern_field(stack: StackReading) -> Iterator[Found]:
    """A rule's event pattern wants a field that no event has: the rule never matches."""
    for node in stack.of_type(RULE):
        pattern = pattern_of(node)
        if not isinstance(pattern, Mapping) or "Fn::Transform" in pattern:
            continue
        for name, values in pattern.items():
            wants = isinstance(values, list | Mapping) and not has(values, 0, "exists")
            if name not in (*event_patterns.ENVELOPE, event_patterns.OR) and is_known(name) and wants:
                yield Found(
                    node=node,
                    message=f"The EventPattern of {node.path} wants {name}, which events do not have.",
                )
