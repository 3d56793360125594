from collections.abc import Iterator, Sequence

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import circles, is_expanded

__all__ = ["dependency_cycle"]

_SHOWN = 10


@rule(
    severity=Severity.ERROR,
    remedy="Let one of them name another by a text instead of a reference, or move what they share into a resource "
    "of its own. For an alias that deploys through alarms: let them watch its name as a text "
    "(in the CDK alias.metric_errors() does).",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html",
)
def dependency_cycle(stack: StackReading) -> Iterator[Found]:
    """Resources need each other in a circle: CloudFormation refuses the template."""
    if not is_expanded(stack):
        return
    needs = {
        node: [
            stack.nodes[each.name]
            for each in references
            if each.certain and each.name in stack.nodes and stack.nodes[each.name].surely_made
        ]
        for node, references in dependencies_of(stack).items()
        if node.surely_made
    }
    for circle in circles(needs, lambda node: needs[node]):
        yield Found(node=circle[0], message=f"{_opening(circle)} in a circle: {_chain(circle)}.")


def _chain(circle: Sequence[Node]) -> str:
    shown = [each.path for each in circle[:_SHOWN]]
    more = [f"{len(circle) - _SHOWN} more"] if len(circle) > _SHOWN else []
    return " -> ".join((*shown, *more, circle[0].path))


def _opening(circle: Sequence[Node]) -> str:
    return (
        f"{circle[0].path} needs itself" if len(circle) == 1 else f"{len(circle)} resources need each other"
    )
