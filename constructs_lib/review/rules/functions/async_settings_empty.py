from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["async_settings_empty"]

_SETTINGS = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


@rule(
    severity=Severity.WARNING,
    remedy="Set an on-failure destination, the retries or the greatest age of an event, or remove it.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html",
)
def async_settings_empty(stack: StackReading) -> Iterator[Found]:
    """Settings of asynchronous calls set nothing."""
    for node in stack.of_type("AWS::Lambda::EventInvokeConfig"):
        if not any(node.has(each) for each in _SETTINGS):
            yield Found(
                node=node,
                message=f"{node.path} sets neither {', '.join(_SETTINGS[:-1])} nor {_SETTINGS[-1]}.",
            )
