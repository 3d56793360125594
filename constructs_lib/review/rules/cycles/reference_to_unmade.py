from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import is_expanded

__all__ = ["reference_to_unmade"]


@rule(
    severity=Severity.ERROR,
    remedy="Give both the same Condition, or put the reference in a branch of Fn::If that is taken only then.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
)
def reference_to_unmade(stack: StackReading) -> Iterator[Found]:
    """A resource refers to one that is not made, with these parameters: CloudFormation refuses the template."""
    if not is_expanded(stack):
        return
    resources = stack.template.resources
    for node, references in dependencies_of(stack).items():
        for each in references:
            left_out = each.name in resources and each.name not in stack.nodes
            if left_out and each.certain and node.surely_made and each.by != "DependsOn":
                yield Found(
                    node=node,
                    message=f"{node.path} refers to {resources[each.name].path}, which is not made: its condition "
                    f"{resources[each.name].condition} does not hold.",
                )
