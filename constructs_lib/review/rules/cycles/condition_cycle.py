from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import circles

__all__ = ["condition_cycle"]


@rule(
    severity=Severity.ERROR,
    remedy="Let one of them decide by parameters alone.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
)
def condition_cycle(stack: StackReading) -> Iterator[Found]:
    """Conditions need each other in a circle: CloudFormation refuses the template."""
    declared = stack.template.section("Conditions")
    needs = {name: [each for each in _needed(rule_) if each in declared] for name, rule_ in declared.items()}
    for circle in circles(needs, lambda name: needs[name]):
        yield Found(
            node=None, message=f"Conditions need each other in a circle: {' -> '.join((*circle, circle[0]))}."
        )


def _needed(rule_: Any) -> Iterator[str]:
    open_ = [rule_]
    while open_:
        each = open_.pop()
        if isinstance(each, list):
            open_.extend(each)
        elif isinstance(each, Mapping):
            if isinstance(name := each.get("Condition"), str) and len(each) == 1:
                yield name
            else:
                open_.extend(each.values())
