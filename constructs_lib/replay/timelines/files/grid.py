"""Data points with times as periods in a row."""

from collections.abc import Mapping
from math import gcd
from typing import Any

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.packing import Packed, from_samples
from constructs_lib.replay.timelines.samples import Floats, Integers, Samples
from constructs_lib.replay.timelines.series import LONGEST, MetricSeries

__all__ = ["likely_period", "rows_of", "series_of_points", "spread"]


def rows_of(times: Integers, period: int) -> tuple[int, Integers, int]:
    """When the first period begins, the period of each time, and how many periods there are.

    Raises:
        TimelineError: they are too many.
    """
    start = int(times.min()) // min(period, 60) * min(period, 60)
    rows = (times - start) // period
    periods = int(rows.max()) + 1
    if periods > LONGEST:
        raise TimelineError(
            f"it spans {periods:,} periods of {period} s, more than {LONGEST:,}. Correct its times, or cut it."
        )
    return start, rows, periods


def spread(rows: Integers, values: Floats, periods: int) -> Floats:
    """One value a period, the last where there are several; NaN where there is none."""
    array = np.full(periods, np.nan)
    array[rows] = values
    return array


def series_of_points(
    metric: tuple[str, str, Mapping[str, str]], times: Integers, values: Floats, period: int, **more: Any
) -> MetricSeries:
    """A series of samples at any times and in any order; NaN is none, but the series goes as far.

    Raises:
        TimelineError: they cannot be one series.
    """
    start, rows, periods = rows_of(times, period)
    if len(np.unique(rows)) == len(rows):
        packed = Packed.single(spread(rows, values, periods))
    else:
        there = ~np.isnan(values)
        weights = np.ones(int(there.sum()))
        packed = from_samples(Samples.gathered(periods, rows[there], values[there], weights))
    return MetricSeries.of(*metric, packed, start=start, period=period, **more)


def likely_period(times: Integers) -> int:
    """The longest period at which all these times begin one; a minute for a single time."""
    distances = np.diff(np.unique(times))
    common = gcd(*map(int, distances), int(times[0]) % 60) if len(distances) else 60
    return next(each for each in (common // 60 * 60, 30, 20, 10, 5, 1) if each and common % each == 0)
