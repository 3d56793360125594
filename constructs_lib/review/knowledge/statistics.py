"""The statistics of CloudWatch: how they are written, and what they do with the datapoints of a period.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html, read on 2026-11-22.
"""

import re
from typing import Final

__all__ = ["BASIC", "counts_datapoints", "is_extended", "of_single_values"]

BASIC: Final = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

_NUMBER: Final = r"(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)"
_EXTENDED: Final = re.compile(
    rf"IQM|p{_NUMBER}|(?:tm|wm|tc|ts){_NUMBER}|(?:PR|TM|WM|TC|TS)\([\d.%]*:[\d.%]*\)", re.IGNORECASE
)
_SINGLE: Final = re.compile(r"Average|Minimum|Maximum|IQM|p\d|tm|wm", re.IGNORECASE)


def is_extended(statistic: str) -> bool:
    """Whether it is one that ExtendedStatistic takes, such as ``p99`` or ``TM(10%:90%)``."""
    return _EXTENDED.fullmatch(statistic.replace(" ", "")) is not None


def of_single_values(statistic: str) -> bool:
    """Whether it lies between the smallest and the largest datapoint of a period."""
    return _SINGLE.match(statistic) is not None


def counts_datapoints(statistic: str) -> bool:
    """Whether it says how many datapoints a period has, which is never none."""
    return statistic == "SampleCount"
