from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import is_expanded

__all__ = ["condition_of_nothing"]


@rule(
    severity=Severity.ERROR,
    remedy="Correct the name, or add the condition to Conditions.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
)
def condition_of_nothing(stack: StackReading) -> Iterator[Found]:
    """A resource has a condition that the template does not have: CloudFormation refuses it."""
    if not is_expanded(stack):
        return
    declared = stack.template.section("Conditions")
    for node in stack.nodes.values():
        name = node.resource.condition
        if name is not None and name not in declared:
            yield Found(node=node, message=f"{node.path} has the condition {name}, which does not exist.")
