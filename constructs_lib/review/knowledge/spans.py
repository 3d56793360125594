"""Which values a statistic of a metric can have."""

from dataclasses import dataclass

from constructs_lib.review.knowledge.metrics import Published
from constructs_lib.review.knowledge.statistics import counts_datapoints, of_single_values

__all__ = ["Span", "span_of"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The values that a statistic can have in a period that has data.

    Attributes:
        low: the smallest; None where there is none.
        high: the largest; None where there is none.
        starts: whether the smallest says no more than that there is data: an alarm at it is meant so.
    """

    low: float | None
    high: float | None
    starts: bool = False

    def __str__(self) -> str:
        """As people write it."""
        low = "from below 0" if self.low is None else f"from {self.low:g}"
        return f"{low} to {self.high:g}" if self.high is not None else f"{low} up"

    def never(self, operator: str | None, threshold: float) -> bool:
        """Whether a comparison holds for none of them."""
        match operator:
            case "GreaterThanOrEqualToThreshold":
                return self.high is not None and threshold > self.high
            case "GreaterThanThreshold":
                return self.high is not None and threshold >= self.high
            case "LessThanOrEqualToThreshold":
                return self.low is not None and threshold < self.low
            case "LessThanThreshold":
                return self.low is not None and threshold <= self.low
        return False

    def always(self, operator: str | None, threshold: float) -> bool:
        """Whether a comparison holds for all of them, and for more than that there is data."""
        match operator:
            case "GreaterThanOrEqualToThreshold":
                return self._least is not None and threshold <= self._least
            case "GreaterThanThreshold":
                return self._least is not None and threshold < self._least
            case "LessThanOrEqualToThreshold":
                return self.high is not None and threshold >= self.high
            case "LessThanThreshold":
                return self.high is not None and threshold > self.high
        return False

    @property
    def _least(self) -> float | None:
        return 0 if self.starts else self.low


def span_of(published: Published, statistic: str | None) -> Span | None:
    """The values that a statistic of a metric can have; None where that is unknown."""
    if statistic is None:
        return None
    if counts_datapoints(statistic):
        return Span(low=1, high=None, starts=True)
    starts = published.least == 1
    if of_single_values(statistic):
        # Of what is never anything but one, a single value says no more than that there is data.
        return Span(low=published.least, high=published.highest, starts=starts)
    if statistic == "Sum":
        return Span(low=published.least, high=None, starts=starts)
    return None
