"""How alarms compare.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, read on 2026-11-22.
"""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.ranges import figure

__all__ = ["OF_BANDS", "OPERATORS", "in_words"]

OF_BANDS: Final = (
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
"""Those that need a band."""
OPERATORS: Final = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    *OF_BANDS,
)
_WORDS: Final[Mapping[str, str]] = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
    "GreaterThanUpperThreshold": "above the band",
    "LessThanLowerThreshold": "below the band",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside the band",
}


def in_words(operator: str | None, threshold: float | None) -> str:
    """When an alarm rings, such as `at or above 5`; without the threshold where it is not known, or a band."""
    sign = _WORDS.get(operator or "", str(operator))
    return sign if threshold is None else f"{sign} {figure(threshold)}"
