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

__all__ = ["async_failures_lost"]


@rule(
    severity=Severity.WARNING,
    remedy="Give it an on-failure destination (AWS::Lambda::EventInvokeConfig of the qualifier that is called), such "
    "as a queue, and an alarm on what lies there.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
)
def async_failures_lost(stack: StackReading) -> Iterator[Found]:
    """Nobody waits for a function's answer, and nothing keeps the events that it fails on: they are lost."""
    for function in functions_of(stack):
        if any(each.has(*ON_FAILURE) for each in function.async_configs.values()):
            continue  # for another qualifier: async_settings_elsewhere
        for qualifier, by in {each.callee.qualifier: each.by for each in called_async(function)}.items():
            if keeps_failures(function, qualifier) is False:
                yield Found(
                    node=function.node,
                    message=f"{by.path} calls {qualifier_words(qualifier)} of {function.node.path}, which has neither "
                    "an on-failure destination nor a dead-letter queue.",
                )
