from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms

__all__ = ["window_too_long"]

_HOUR: Final = 3_600
_DAY: Final = 86_400
_WEEK: Final = 604_800


@rule(
    severity=Severity.ERROR,
    remedy="Give fewer or shorter periods: a day at most where the period is below an hour, otherwise a week.",
    source=METRIC_API,
)
def window_too_long(stack: StackReading) -> Iterator[Found]:
    """An alarm looks back further than CloudWatch allows."""
    for alarm in metric_alarms(stack):
        period = _period(alarm)
        if period is None or alarm.periods is None or alarm.node.has("EvaluationWindow"):
            continue
        longest = _DAY if period < _HOUR else _WEEK
        if period * alarm.periods > longest:
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} looks back {alarm.periods:g} periods of {period:g} s, beyond {longest} s.",
            )


def _period(alarm: Alarm) -> float | None:
    """The period that all that it reads has; None where one is unknown, or they differ."""
    found = {each.period for each in alarm.metrics if each.period is not None or each.expression is None}
    return next(iter(found)) if len(found) == 1 else None
