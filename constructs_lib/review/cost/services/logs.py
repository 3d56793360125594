"""CloudWatch Logs and the metrics that are made of log lines."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["price_log_groups", "price_metric_filters"]

_GROUP: Final = "logs"
_WRITTEN: Final = {"STANDARD": "logs-written", "INFREQUENT_ACCESS": "logs-written-infrequent"}


def price_log_groups(sheet: Sheet) -> None:
    """Bill what is written and kept, as far as the traffic file tells."""
    for node in sheet.stack.of_type("AWS::Logs::LogGroup"):
        class_ = node.text("LogGroupClass", default="STANDARD")
        if key := _WRITTEN.get(class_ or ""):
            sheet.used(node, _GROUP, "log_gb", key)
            sheet.used(node, _GROUP, "log_stored_gb", "logs-stored", needed=False)
        else:
            sheet.bill.unknown(
                f"{node.path}: logs of the class {class_ or 'that deployment decides'} are not priced."
            )


def price_metric_filters(sheet: Sheet) -> None:
    """Bill the metrics of filters: each once, whichever filters publish it."""
    seen: set[tuple[object, object]] = set()
    for node in sheet.stack.of_type("AWS::Logs::MetricFilter"):
        for each in node.items("MetricTransformations"):
            if not isinstance(each, Mapping):
                sheet.bill.unknown(f"{node.path}: which metrics it makes is known only at deployment.")
                continue
            name = (str(each.get("MetricNamespace")), str(each.get("MetricName")))
            if name not in seen:
                seen.add(name)
                _price_metric(sheet, node, dimensions="Dimensions" in each)


def _price_metric(sheet: Sheet, node: Node, *, dimensions: bool) -> None:
    count = sheet.amounts(node).number("metrics") if dimensions else 1
    sheet.bill.add(node, "metrics", "custom-metric", count)
    if count is None:
        sheet.bill.untold("metric_filter", node, ["metrics"])
