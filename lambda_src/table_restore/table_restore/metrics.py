"""Metrics as lines of the log, which CloudWatch reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from table_restore.options import Options

__all__ = ["UNITS", "Publisher"]

UNITS: Final = {
    "AgeOfNewestRestoreTest": "Seconds",
    "RestoreSeconds": "Seconds",
    "RestoreTestsFailed": "Count",
    "RestoreLeftovers": "Count",
    "RestoreItemsCompared": "Count",
}


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Writes metrics of tables.

    Attributes:
        options: how restores are tested.
        write: writes a line.
        clock: the time for metrics, in seconds.
    """

    options: Options
    write: Callable[[str], None]
    clock: Callable[[], float]

    def publish(self, table: str, values: Mapping[str, float]) -> None:
        """Write `values` of the table with this ARN, for the table and for the schedule as a whole."""
        described = {
            "Namespace": self.options.namespace,
            "Dimensions": [["Schedule"], ["Schedule", "TableName"]],
            "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
        }
        line = {
            "_aws": {"Timestamp": int(self.clock() * 1000), "CloudWatchMetrics": [described]},
            "Schedule": self.options.schedule,
            "TableName": table.rpartition(":table/")[2],
            **values,
        }
        self.write(json.dumps(line))
