from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import ON_FAILURE

__all__ = ["async_target_unsupported"]

_FAILURES = ("AWS::SQS::Queue", "AWS::SNS::Topic")
_SUCCESSES = (
    *_FAILURES,
    "AWS::Lambda::Function",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::Events::EventBus",
)
_PLACES = (
    ("AWS::Lambda::Function", ("DeadLetterConfig", "TargetArn"), _FAILURES),
    ("AWS::Lambda::EventInvokeConfig", (*ON_FAILURE, "Destination"), (*_SUCCESSES, "AWS::S3::Bucket")),
    ("AWS::Lambda::EventInvokeConfig", ("DestinationConfig", "OnSuccess", "Destination"), _SUCCESSES),
)


@rule(
    severity=Severity.ERROR,
    remedy="Name a standard queue or a standard topic, by its ARN.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
)
def async_target_unsupported(stack: StackReading) -> Iterator[Found]:
    """Lambda cannot send events to where they should go."""
    for type_, place, supported in _PLACES:
        for node in stack.of_type(type_):
            if (why := _wrong(node, place, supported)) and node.surely_made:
                yield Found(node=node, message=f"{node.path} names {why} as {'.'.join(place)}.")


def _wrong(node: Node, place: tuple[str, ...], supported: tuple[str, ...]) -> str | None:
    value = node.value(*place)
    if not isinstance(value, str):
        return None
    target = node.target(*place) or node.target(*place, types=_FAILURES)
    if target is None:
        return f"the FIFO {value}" if value.startswith("arn:") and value.endswith(".fifo") else None
    if target.tells_of_others:
        return None
    if target.type not in supported:
        return f"{target.path}, of the type {target.type},"
    if value.endswith(".QueueUrl}"):
        return f"the address of {target.path} instead of its ARN"
    fifo = target.flag("FifoQueue") or target.flag("FifoTopic")
    return f"{target.path}, which is FIFO," if fifo and target.type in _FAILURES else None
