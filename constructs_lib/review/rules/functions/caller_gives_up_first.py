from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._patience import patience_of

__all__ = ["caller_gives_up_first"]

_DEFAULT_TIMEOUT: Final = 3


@rule(
    severity=Severity.WARNING,
    remedy="Give the function a shorter Timeout than its caller waits, or let it answer at once and work on.",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
)
def caller_gives_up_first(stack: StackReading) -> Iterator[Found]:
    """A caller waits for a shorter time than a function may run: it reports an error, and the function goes on."""
    for function in functions_of(stack):
        timeout = function.node.number("Timeout", default=_DEFAULT_TIMEOUT)
        callers = dict.fromkeys(each.by for each in function.invocations)
        waits = [
            (seconds, by) for by in callers if (seconds := patience_of(by).get(function.node)) is not None
        ]
        if timeout is None or not waits:
            continue
        seconds, by = min(waits, key=lambda each: each[0])
        if seconds < timeout:
            yield Found(
                node=function.node,
                message=f"{function.node.path} has a Timeout of {timeout:g} s, but {by.path} waits {seconds:g} s.",
            )
