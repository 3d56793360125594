"""The alarms of CloudWatch that name a table."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["alarms_of"]

_DIMENSION: Final = "TableName"
_SCALING: Final = "TargetTracking-table/"
"""What the names of alarms start with that belong to a scaling policy, which makes them again for a new table.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""


def alarms_of(cloudwatch: Any, table: str) -> dict[str, dict[str, Any]]:
    """The alarms that watch the table of this name, in metric math and Metrics Insights as well, by their names."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    return {
        alarm["AlarmName"]: {"AlarmArn": alarm["AlarmArn"], "Metrics": sorted(metrics)}
        for page in pages
        for alarm in page["MetricAlarms"]
        if (metrics := set(_metrics_of(alarm, table))) and not alarm["AlarmName"].startswith(_SCALING)
    }


def _metrics_of(alarm: Mapping[str, Any], table: str) -> Iterator[str]:
    if _names(alarm, table):
        yield alarm.get("MetricName", "")
    for query in alarm.get("Metrics") or ():
        metric = (query.get("MetricStat") or {}).get("Metric") or {}
        if _names(metric, table):
            yield metric.get("MetricName", "")
        if f"'{table}'" in query.get("Expression", ""):
            yield query["Expression"]


def _names(metric: Mapping[str, Any], table: str) -> bool:
    return any(
        each["Name"] == _DIMENSION and each["Value"] == table for each in metric.get("Dimensions") or ()
    )
