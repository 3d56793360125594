from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import callee_of, functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import ON_FAILURE

__all__ = ["failures_return"]

_PLACES = ((*ON_FAILURE, "Destination"), ("DestinationConfig", "OnSuccess", "Destination"))


@rule(
    severity=Severity.WARNING,
    remedy="Let another function, or a person, read what the function leaves there.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
)
def failures_return(stack: StackReading) -> Iterator[Found]:
    """What a function sends on calls the same function again: a loop that costs, until Lambda stops it."""
    for function in functions_of(stack):
        left = [(function.node, function.node.value("DeadLetterConfig", "TargetArn"))]
        left += [
            (config, config.value(*place)) for config in function.async_configs.values() for place in _PLACES
        ]
        callers = {each for call in function.invocations for each in _origins(call.by)}
        for by, value in left:
            callee = callee_of(by.stack, value)
            target = callee.function if callee else by.stack.find(value, "AWS::SQS::Queue", "AWS::SNS::Topic")
            if target is not None and (target is function.node or target in callers):
                yield Found(
                    node=by,
                    message=f"{by.path} sends to {target.path}, which calls {function.node.path} again.",
                )


def _origins(by: Node) -> Iterator[Node]:
    yield by
    for key in ("EventSourceArn", "TopicArn"):
        if found := by.target(key, types=("AWS::SQS::Queue", "AWS::SNS::Topic")):
            yield found
