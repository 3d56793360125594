from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.comparisons import in_words
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import all_at, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, beyond, made_with, rising, watched

__all__ = ["concurrency_above_reserved"]

_DOCUMENT = ("PolicyDocument", "Statement", "Action")
_ACTIONS = (_DOCUMENT, ("Policies", *_DOCUMENT))


@rule(
    severity=Severity.ERROR,
    remedy="Give a threshold below ReservedConcurrentExecutions, such as 80 % of it.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
)
def concurrency_above_reserved(stack: StackReading) -> Iterator[Found]:
    """An alarm waits for more concurrent executions than are reserved for the function."""
    if stack.whole.once("may change reserved concurrency", _may_change):
        return
    for alarm, metric in rising(stack, "AWS/Lambda", "ConcurrentExecutions"):
        function = watched(alarm, metric, "FunctionName", FUNCTION)
        reserved = function.number("ReservedConcurrentExecutions") if function else None
        if function is None or reserved is None or not made_with(alarm, function):
            continue
        if alarm.threshold is not None and beyond(alarm, reserved):
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings {in_words(alarm.operator, alarm.threshold)}, and {function.path} has "
                f"{reserved:g} reserved.",
            )


def _may_change(whole: Reading) -> bool:
    """Whether anybody may change what is reserved while it runs, as a standby that wakes up does."""
    actions = (
        action
        for each in whole.stacks
        for node in each.nodes.values()
        if node.type.startswith("AWS::IAM::")
        for place in _ACTIONS
        for action in all_at(node.properties, *place)
    )
    return any("PutFunctionConcurrency" in str(each) or not is_known(each) for each in actions)
