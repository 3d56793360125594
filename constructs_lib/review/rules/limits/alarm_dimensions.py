from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, readings, title

__all__ = ["alarm_dimensions"]

_MOST: Final = 30


@rule(
    severity=Severity.ERROR,
    remedy="Give 30 dimensions at most.",
    source=METRIC_API,
)
def alarm_dimensions(stack: StackReading) -> Iterator[Found]:
    """An alarm names more dimensions than CloudWatch takes."""
    for alarm, metric in readings(stack):
        if metric.dimensions is not None and len(metric.dimensions) > _MOST:
            yield Found(
                node=alarm.node, message=f"{title(alarm, metric)} has {len(metric.dimensions)} dimensions."
            )
