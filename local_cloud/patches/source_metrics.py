"""What an event source mapping counts, if it is told to.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
"""

from typing import Any

from local_cloud.hooks import internal

_METRICS = {
    "polled": "PolledEventCount",
    "filtered": "FilteredOutEventCount",
    "invoked": "InvokedEventCount",
    "failed": "FailedInvokeEventCount",
    "dropped": "DroppedEventCount",
    "delivered": "OnFailureDestinationDeliveredEventCount",
    "deleted": "DeletedEventCount",
}


def count(mapping: dict[str, Any], **events: int) -> None:
    """Publish how many events were polled, filtered, invoked, failed, dropped, delivered or deleted."""
    if "EventCount" not in ((mapping.get("MetricsConfig") or {}).get("Metrics") or []):
        return
    record = internal("services.cloudwatch.record_metric")
    for kind, number in events.items():
        if number:
            record("AWS/Lambda", _METRICS[kind], number, "Count", {"EventSourceMappingUUID": mapping["UUID"]})
