from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import qualifier_words

__all__ = ["async_settings_twice"]


@rule(
    severity=Severity.WARNING,
    remedy="Put all settings of a qualifier into one AWS::Lambda::EventInvokeConfig.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
)
def async_settings_twice(stack: StackReading) -> Iterator[Found]:
    """One qualifier has two settings of asynchronous calls: one of them overwrites the other."""
    first: dict[tuple[Node, str], Node] = {}
    for node in stack.of_type("AWS::Lambda::EventInvokeConfig"):
        callee = callee_of(stack, node.value("FunctionName"))
        qualifier = node.text("Qualifier")
        if callee is None or qualifier is None or not node.surely_made:
            continue
        other = first.setdefault((callee.function, qualifier), node)
        if other is not node:
            yield Found(
                node=node,
                message=f"{node.path} and {other.path} are both for {qualifier_words(qualifier)} of "
                f"{callee.function.path}.",
            )
