from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import made_with, readings, title, watched

__all__ = ["mapping_metrics_off"]

_COUNTS: Final = (
    "PolledEventCount",
    "FilteredOutEventCount",
    "InvokedEventCount",
    "FailedInvokeEventCount",
    "DroppedEventCount",
    "OnFailureDestinationDeliveredEventCount",
    "DeletedEventCount",
)


@rule(
    severity=Severity.ERROR,
    remedy="Add EventCount to MetricsConfig.Metrics of the mapping; in the CDK, metrics_config of the event source.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingMetricsConfig.html",
)
def mapping_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that an event source mapping publishes only when asked to."""
    for alarm, metric in readings(stack):
        mapping = watched(alarm, metric, "EventSourceMappingUUID", "AWS::Lambda::EventSourceMapping")
        if metric.namespace != "AWS/Lambda" or metric.name not in _COUNTS or mapping is None:
            continue
        asked = mapping.value("MetricsConfig", "Metrics") or []
        if is_known(asked) and "EventCount" not in asked and made_with(alarm, mapping):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {mapping.path}, which has no MetricsConfig.",
            )
