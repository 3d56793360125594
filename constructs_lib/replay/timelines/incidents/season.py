"""How much traffic there is at which time of a day and a week."""

from dataclasses import dataclass

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.samples import Floats

__all__ = ["FLAT", "Season"]

_DAY = 86_400
_SATURDAY = 2  # Unix time began on a Thursday: days 2 and 3 of each seven were a Saturday and a Sunday


@dataclass(frozen=True, kw_only=True)
class Season:
    """A smooth day, quieter weekends and a slow random drift, around 1 on a working day.

    Attributes:
        daily: how far the peak is above the day's mean, and the night below, as a share of the mean.
        weekly: how much less there is on Saturdays and Sundays, as a share.
        peak_hour: the hour of the day, in UTC, with most traffic.
        drift: how far traffic wanders from hour to hour: standard deviation, as a share.
    """

    daily: float = 0.4
    weekly: float = 0.25
    peak_hour: float = 14.0
    drift: float = 0.05

    def __post_init__(self) -> None:
        """Check that traffic stays above zero.

        Raises:
            TimelineError: a share is below 0 or above 1.
        """
        for name in ("daily", "weekly", "drift"):
            if not 0 <= getattr(self, name) <= 1:
                raise TimelineError(f"Season: {name} is {getattr(self, name)}. Give a share from 0 to 1.")

    def load(self, times: Floats, rng: np.random.Generator) -> Floats:
        """The traffic at each of these Unix times, as a multiple of the mean of a working day."""
        day = 1 + self.daily * np.cos(2 * np.pi * (times / _DAY - self.peak_hour / 24))
        weekend = np.isin(times // _DAY % 7, (_SATURDAY, _SATURDAY + 1))
        hours = np.arange(times[0] // 3600, times[-1] // 3600 + 2)
        drift = np.interp(times / 3600, hours, rng.normal(0, self.drift, len(hours)))
        return np.maximum(day * np.where(weekend, 1 - self.weekly, 1.0) * (1 + drift), 0.0)


FLAT = Season(daily=0, weekly=0, drift=0)
"""The same traffic at all times; what is left is the chance of single requests."""
