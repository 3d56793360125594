from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import FUNCTION, made_with, rising, watched

__all__ = ["duration_above_timeout"]

_DEFAULT_TIMEOUT: Final = 3
_MILLISECONDS: Final = 1_000
_SLACK: Final = 1_000
"""Milliseconds that a function that is stopped may be late by."""


@rule(
    severity=Severity.ERROR,
    remedy="Give a threshold below the timeout in milliseconds, such as 80 % of it.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html",
)
def duration_above_timeout(stack: StackReading) -> Iterator[Found]:
    """An alarm waits for invocations that last longer than the function's timeout lets them."""
    for alarm, metric in rising(stack, "AWS/Lambda", "Duration"):
        function = watched(alarm, metric, "FunctionName", FUNCTION)
        timeout = function.number("Timeout", default=_DEFAULT_TIMEOUT) if function else None
        if function is None or timeout is None or alarm.threshold is None or not made_with(alarm, function):
            continue
        if alarm.threshold > timeout * _MILLISECONDS + _SLACK:
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} rings above {figure(alarm.threshold)} ms, and {function.path} is stopped "
                f"after {figure(timeout * _MILLISECONDS)} ms.",
            )
