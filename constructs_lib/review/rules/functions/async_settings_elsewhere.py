from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import (
    ON_FAILURE,
    called_async,
    keeps_failures,
    qualifier_words,
)

__all__ = ["async_settings_elsewhere"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the qualifier that is called its own AWS::Lambda::EventInvokeConfig. In the CDK: set on_failure, "
    "max_event_age and retry_attempts on the alias; on the function they are for $LATEST only.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html",
)
def async_settings_elsewhere(stack: StackReading) -> Iterator[Found]:
    """Events that fail go to a destination for one qualifier, and all events go to another: they are lost."""
    for function in functions_of(stack):
        calls = [each for each in called_async(function) if each.by.surely_made]
        called = {each.callee.qualifier for each in calls}
        if (
            None in called
            or not called
            or any(keeps_failures(function, each) is not False for each in called)
        ):
            continue
        for qualifier, config in function.async_configs.items():
            if config.has(*ON_FAILURE) and config.surely_made and function.node.surely_made:
                yield Found(
                    node=config,
                    message=f"{config.path} is for {qualifier_words(qualifier)} of {function.node.path}, but "
                    f"{calls[0].by.path} calls {qualifier_words(calls[0].callee.qualifier)}.",
                )
