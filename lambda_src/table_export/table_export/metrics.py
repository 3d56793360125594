"""Metrics as lines of the log, which CloudWatch reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from table_export.model import Settings, name_of

__all__ = ["UNITS", "Publisher"]

UNITS: Final = {
    "AgeOfExportedData": "Seconds",
    "ExportsFailed": "Count",
    "ChainsBroken": "Count",
    "ExportDuration": "Seconds",
    "ExportedItems": "Count",
    "ExportedBytes": "Bytes",
}


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Writes metrics of tables.

    Attributes:
        settings: how tables are exported.
        write: writes a line.
    """

    settings: Settings
    write: Callable[[str], None]

    def publish(self, table: str, values: Mapping[str, float], now: float) -> None:
        """Write `values` of `table`, for the table and for all of them."""
        described = {
            "Namespace": self.settings.namespace,
            "Dimensions": [["Schedule"], ["Schedule", "TableName"]],
            "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
        }
        line = {
            "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [described]},
            "Schedule": self.settings.name,
            "TableName": name_of(table),
            **values,
        }
        self.write(json.dumps(line))
