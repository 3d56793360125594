from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, metric_alarms

__all__ = ["missing_data_invalid"]

_KNOWN: Final = ("breaching", "notBreaching", "ignore", "missing")


@rule(
    severity=Severity.ERROR,
    remedy="Give breaching, notBreaching, ignore or missing: upper and lower case count.",
    source=METRIC_API,
)
def missing_data_invalid(stack: StackReading) -> Iterator[Found]:
    """An alarm treats missing data in a way that CloudWatch does not know, and refuses."""
    for alarm in metric_alarms(stack):
        if alarm.missing is not None and alarm.missing not in _KNOWN:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} has {alarm.missing} as its TreatMissingData."
            )
