"""CloudWatch alarms and dashboards.

An alarm pays for each metric that it watches, one on a band of anomalies for the metric and both edges of the band, and
one on a Metrics Insights query for each metric that the query analyses
(https://aws.amazon.com/cloudwatch/pricing/ and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_alarms", "price_dashboards"]

_ALARM: Final = "AWS::CloudWatch::Alarm"
_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
_DASHBOARD: Final = "AWS::CloudWatch::Dashboard"
_GROUP: Final = "alarms"
_QUERY: Final = re.compile(r"^\s*SELECT\s", re.IGNORECASE)
_BAND: Final = "ANOMALY_DETECTION_BAND"
_EDGES: Final = 2
_STANDARD: Final = 60
"""A period below it makes an alarm one of high resolution."""
_FREE_DASHBOARD: Final = 50
"""Metrics of a dashboard that the free tier takes at most."""


def price_alarms(sheet: Sheet) -> None:
    """Bill metric alarms and composite alarms."""
    for node in sheet.stack.of_type(_ALARM):
        _price_alarm(sheet, node)
    for node in sheet.stack.of_type(_COMPOSITE):
        sheet.bill.add(node, _GROUP, "composite-alarm", 1)


def _price_alarm(sheet: Sheet, node: Node) -> None:
    queries = [each for each in node.items("Metrics") if isinstance(each, Mapping)]
    if any(_QUERY.match(_expression(each)) for each in queries):
        analysed = sheet.amounts(node).number("metrics")
        sheet.bill.add(node, _GROUP, "alarm-metric-insights", analysed)
        if analysed is None:
            sheet.bill.untold("alarm", node, ["metrics"])
        return
    periods = _periods(node)
    if None in periods:
        sheet.bill.unknown(
            f"{node.path}: its period is known only at deployment; counted as standard resolution."
        )
    fast = any(period is not None and period < _STANDARD for period in periods)
    key = "alarm-metric-high-resolution" if fast else "alarm-metric"
    count = _metrics(node, queries)
    if count is None:
        sheet.bill.unknown(f"{node.path}: how many metrics it watches is known only at deployment.")
    sheet.bill.add(node, _GROUP, key, count)


def _metrics(node: Node, queries: list[Mapping[str, Any]]) -> int | None:
    if not node.has("Metrics"):
        return 1
    if node.count("Metrics") is None:
        return None
    read = sum("MetricStat" in each for each in queries)
    band = any(_BAND in _expression(each) for each in queries)
    return read + _EDGES * band


def _periods(node: Node) -> list[float | None]:
    if not node.has("Metrics"):
        return [node.number("Period", default=_STANDARD)]
    return [
        node.number("Metrics", number, "MetricStat", "Period", default=_STANDARD)
        for number, each in enumerate(node.items("Metrics"))
        if isinstance(each, Mapping) and "MetricStat" in each
    ]


def _expression(query: Mapping[str, Any]) -> str:
    found = query.get("Expression")
    return found if isinstance(found, str) else ""


def price_dashboards(sheet: Sheet) -> None:
    """Bill dashboards; one of many metrics is never free."""
    for node in sheet.stack.of_type(_DASHBOARD):
        sheet.bill.add(
            node, "dashboards", "dashboard", 1, free=_shown(node.value("DashboardBody")) <= _FREE_DASHBOARD
        )


def _shown(body: Any) -> int:
    """How many metrics a dashboard shows, as far as its body can be read."""
    try:
        document = json.loads(body)
    except (TypeError, ValueError, RecursionError):
        return 0
    widgets = document.get("widgets") if isinstance(document, dict) else None
    return sum(map(_of_widget, widgets)) if isinstance(widgets, list) else 0


def _of_widget(widget: Any) -> int:
    properties = widget.get("properties") if isinstance(widget, dict) else None
    rows = properties.get("metrics") if isinstance(properties, dict) else None
    return sum(isinstance(row, list) and bool(row) and isinstance(row[0], str) for row in rows or ())
