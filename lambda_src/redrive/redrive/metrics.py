"""Metrics as a line of the log, which CloudWatch reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from typing import Final

from redrive.model import Outcome, Report

__all__ = ["NAMESPACE", "line_of"]

NAMESPACE: Final = "ConstructsLib/Redrive"
_COUNTED: Final = {
    "Redriven": (Outcome.REDRIVEN,),
    "Failed": (Outcome.FAILED,),
    "Parked": (Outcome.PARKED,),
    "Skipped": (Outcome.SKIPPED, Outcome.POSTPONED),
}


def line_of(report: Report, now: float) -> str:
    """The line with the figures of `report`, for its queue.

    What is 0 is left out: a metric costs money for each hour in which it is published, and most runs find nothing.
    """
    figures = {name: sum(map(report.count, outcomes)) for name, outcomes in _COUNTED.items()}
    every = {**figures, "Remaining": report.remaining}
    values = {name: value for name, value in every.items() if value}
    described = {
        "Namespace": NAMESPACE,
        "Dimensions": [["QueueName"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    return json.dumps(
        {
            "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [described] if values else []},
            "QueueName": report.queue,
            **values,
        }
    )
