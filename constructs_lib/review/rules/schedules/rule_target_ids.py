from collections import Counter
from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE

__all__ = ["rule_target_ids"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each target an Id of its own.",
    source="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
)
def rule_target_ids(stack: StackReading) -> Iterator[Found]:
    """Two targets of a rule have one Id: one of them replaces the other."""
    for node in stack.of_type(RULE):
        ids = Counter(
            text_of(target.get("Id")) for target in node.items("Targets") if isinstance(target, Mapping)
        )
        for name, count in ids.items():
            if name is not None and count > 1:
                yield Found(node=node, message=f"{node.path} has {count} targets with the Id {name}.")
