"""What AWS does not publish, and what is taken for it here; every report shows those that it rests on."""

from dataclasses import dataclass
from typing import Final

__all__ = ["EVALUATION_RANGE", "IN_PLACE", "NO_DELAY", "PERCENTILES", "PREMATURE", "Assumption"]

_MISSING_DATA: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"
)


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """Something that nobody outside AWS knows.

    Attributes:
        name: what it is called in reports.
        text: what is taken for granted.
        reason: why that, and not something else.
        source: the page that comes closest.
    """

    name: str
    text: str
    reason: str
    source: str


EVALUATION_RANGE: Final = Assumption(
    name="evaluation range",
    text="An alarm looks at two datapoints more than it has evaluation periods.",
    reason="The documented examples have a range of five for three; for other lengths AWS gives no number.",
    source=_MISSING_DATA,
)
PREMATURE: Final = Assumption(
    name="premature transitions",
    text="Too few datapoints ring only where all that there are breach, and the oldest is as old as datapoints to "
    "alarm.",
    reason="The text says so of the more recent ones only; the row 0 - X - - of the second table needs it of all.",
    source=_MISSING_DATA,
)
NO_DELAY: Final = Assumption(
    name="no delay",
    text="A datapoint is there as soon as its period is over, and the alarm is evaluated then.",
    reason="Services publish within some minutes, and no page gives figures: what rings here rings later in AWS.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
)
PERCENTILES: Final = Assumption(
    name="percentiles",
    text="A percentile is the smallest sample that at least so many percent of the samples do not exceed.",
    reason="CloudWatch computes percentiles from raw samples, and does not say how it interpolates.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
)
IN_PLACE: Final = Assumption(
    name="in place",
    text="Alarms are there before the timeline begins: an alarm that is OK at first has told nobody of it, and one "
    "that has no datapoint yet makes no composite ring until its first evaluation range is over.",
    reason="A timeline is a part of a longer time, and nobody waits for word that all is well.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
