from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import is_expanded

__all__ = ["reference_to_conditional"]


@rule(
    severity=Severity.WARNING,
    remedy="Give both the same Condition, or put the reference in a branch of Fn::If that is taken only then.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
)
def reference_to_conditional(stack: StackReading) -> Iterator[Found]:
    """A resource that is always made refers to one that may not be: then CloudFormation refuses the template."""
    if not is_expanded(stack):
        return
    for node, references in dependencies_of(stack).items():
        for each in references:
            found = stack.nodes.get(each.name)
            if found is None or found.surely_made or not each.certain or each.by == "DependsOn":
                continue
            if node.surely_made:
                yield Found(
                    node=node,
                    message=f"{node.path} refers to {found.path} always, which is made only if "
                    f"{found.resource.condition} holds.",
                )
