from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.reading.data import at, flag_of, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, is_anomaly, metric_alarms

__all__ = ["returned_metrics"]

_WITH_BAND: Final = 2


@rule(
    severity=Severity.ERROR,
    remedy="Set ReturnData to true for exactly one entry of Metrics; of an anomaly alarm, for the metric and its band.",
    source=METRIC_API,
)
def returned_metrics(stack: StackReading) -> Iterator[Found]:
    """An alarm does not say which one of its metrics it watches, which CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        entries = alarm.node.items("Metrics")
        if not entries or not all(_is_known(each) for each in entries):
            continue
        returned = sum(flag_of(at(each, "ReturnData")) is not False for each in entries)
        if returned not in _wanted(alarm):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has {returned} metrics with ReturnData.")


def _wanted(alarm: Alarm) -> tuple[int, ...]:
    # https://github.com/hashicorp/terraform-provider-aws/pull/42504 has what CloudWatch answers to one: "Exactly two
    # elements of the metrics list should return data".
    if alarm.threshold_metric_id is not None:
        return (_WITH_BAND,)
    return (1, _WITH_BAND) if is_anomaly(alarm) else (1,)


def _is_known(entry: Any) -> bool:
    return isinstance(entry, dict) and is_known(at(entry, "ReturnData"))
