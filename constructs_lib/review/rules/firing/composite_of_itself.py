from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import circles
from constructs_lib.review.rules.firing.common import COMPOSITE_API

__all__ = ["composite_of_itself"]


@rule(
    severity=Severity.ERROR,
    remedy="Let only one of them contain the other.",
    source=COMPOSITE_API,
)
def composite_of_itself(stack: StackReading) -> Iterator[Found]:
    """Composite alarms contain each other; CloudWatch does not evaluate them."""
    contained = {each.node: each.children() for each in alarms_of(stack.whole) if each.composite}
    for circle in circles(contained, lambda node: contained.get(node, ())):
        if circle[0].stack is stack:
            path = ", ".join(each.path for each in (*circle, circle[0]))
            yield Found(node=circle[0], message=f"{circle[0].path} contains itself: {path}.")
