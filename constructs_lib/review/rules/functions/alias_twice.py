from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Give each alias of a function a name of its own.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html",
)
def alias_twice(stack: StackReading) -> Iterator[Found]:
    """A function has two aliases of one name: Lambda refuses the second."""
    first: dict[tuple[Node, str], Node] = {}
    for node in stack.of_type("AWS::Lambda::Alias"):
        callee = callee_of(stack, node.value("FunctionName"))
        name = node.text("Name")
        if callee is None or name is None or not node.surely_made:
            continue
        other = first.setdefault((callee.function, name), node)
        if other is not node:
            yield Found(node=node, message=f"{node.path} has the name {name}, and so has {other.path}.")
