"""What rules of functions ask for: who surely calls which qualifier, and what keeps events that fail."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.reading.functions import LATEST, Callee, Function, Invocation, callee_of

__all__ = ["ON_FAILURE", "called_async", "is_image", "keeps_failures", "qualifier_words", "values_at"]

Place = tuple[str, ...]
ON_FAILURE: Final[Place] = ("DestinationConfig", "OnFailure")
_ACTIONS: Final[tuple[Place, ...]] = (("AlarmActions",), ("OKActions",), ("InsufficientDataActions",))
_ASYNC: Final[Mapping[str, tuple[Place, ...]]] = {
    # Where the function stands that is called without waiting: what else a resource says of a function calls nothing.
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
    "AWS::CloudWatch::Alarm": _ACTIONS,
    "AWS::CloudWatch::CompositeAlarm": _ACTIONS,
    "AWS::Events::Rule": (("Targets", "Arn"),),
    "AWS::IoT::TopicRule": (("TopicRulePayload", "Actions", "Lambda", "FunctionArn"),),
    "AWS::Lambda::EventInvokeConfig": (
        (*ON_FAILURE, "Destination"),
        ("DestinationConfig", "OnSuccess", "Destination"),
    ),
    "AWS::Logs::SubscriptionFilter": (("DestinationArn",),),
    "AWS::S3::Bucket": (("NotificationConfiguration", "LambdaConfigurations", "Function"),),
    "AWS::SNS::Subscription": (("Endpoint",),),
    "AWS::SNS::Topic": (("Subscription", "Endpoint"),),
    "AWS::Scheduler::Schedule": (("Target", "Arn"),),
}


def called_async(function: Function) -> Iterator[Invocation]:
    """Who surely calls a function without waiting for it."""
    surely = function.node.stack.whole.once("surely called without waiting", _surely)
    return (each for each in function.called_async if (each.by, each.callee) in surely)


def _surely(whole: Reading) -> set[tuple[Node, Callee]]:
    found = set()
    for type_, places in _ASYNC.items():
        for by in whole.of_type(type_):
            for value in (each for place in places for each in values_at(by.properties, place)):
                if callee := callee_of(by.stack, value):
                    found.add((by, callee))
    return found


def keeps_failures(function: Function, qualifier: str | None) -> bool | None:
    """Whether an event that a qualifier could not handle is kept anywhere; None where that is unknown."""
    if function.node.has("DeadLetterConfig", "TargetArn"):
        return True
    if qualifier is None:
        return None if function.async_configs else False
    config = function.async_configs.get(qualifier)
    if config is not None and config.has(*ON_FAILURE):
        return True
    return None if None in function.async_configs else False


def qualifier_words(qualifier: str | None) -> str:
    """A qualifier as people read it."""
    if qualifier is None:
        return "a version"
    return "$LATEST" if qualifier == LATEST else f"the alias {qualifier}"


def values_at(data: Any, place: Place) -> list[Any]:
    """What lies under `place`; a list on the way is looked through entry by entry."""
    found = [data]
    for key in place:
        found = [value for each in found for value in items_of(at(each, key))]
    return found


def is_image(node: Node) -> bool:
    """Whether the code of a function surely is a container image."""
    return node.text("PackageType") == "Image"
