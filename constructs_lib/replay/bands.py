"""Stand-ins for the bands of anomaly detection, which AWS trains in a way that it does not publish.

`seasonal_band` is for timelines: for every hour, the mean of what the metric was in the same hour of the days before,
and so many standard deviations up and down as the alarm's expression says. Once two weeks are known, the mean is that
of the same hour of the same weekday; the deviation stays that of all days, since two weeks have two of each weekday,
which alone make it too small. Of two weeks at most, as CloudWatch trains, whose model knows days and weeks, too.
`stand_in` is that for an alarm. `recent_band` is for alarms that have minutes of a past, as on the local cloud.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.expressions.metric_math import band_of, parse
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.watches import Watch

__all__ = ["TRAINED_DAYS", "recent_band", "seasonal_band", "stand_in"]

TRAINED_DAYS: Final = 14
_HOUR: Final = 3_600
_HOURS: Final = 24
_LEAST_DAYS: Final = 2
"""Days of the same hour that make a season; with fewer, all hours before count."""
_WEEK: Final = 7
_LEAST_VALUES: Final = 30
"""Values without which there is no band yet, and no season."""
_LEAST_RECENT: Final = 3
"""Likewise where the past is minutes."""


def stand_in(watch: Watch, ends: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The `seasonal_band` of an anomaly alarm, as wide as its expression says.

    Args:
        watch: what the alarm watches.
        ends: as `seasonal_band` takes them.
        values: likewise.

    Raises:
        ExpressionError: the alarm compares with no band.
    """
    band = band_of(parse(watch.queries[str(watch.band)].expression))
    if band is None:
        raise ExpressionError(f"its ThresholdMetricId {watch.band} is no ANOMALY_DETECTION_BAND.")
    return seasonal_band(ends, values, band[1])


def seasonal_band(ends: Floats, values: Floats, width: float) -> tuple[Floats, Floats]:
    """The lower and upper bound at each moment, from what came before its hour; NaN where too little did.

    Args:
        ends: when the window of each value ends, in seconds since 1970, ascending.
        values: NaN for a missing one.
        width: how many standard deviations the band reaches up and down.
    """
    if not len(ends):
        return values, values
    hours = ((ends - 1) // _HOUR).astype(np.int64)
    cells = hours - hours[0]
    # Squares of what is far from zero have no digits left for how far values are from each other.
    near = values[~np.isnan(values)][:1].sum()
    (count, total, squares), (weekly_count, weekly_total) = _known(cells, values - near)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count < _LEAST_VALUES, np.nan, total / count)
        deviation = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
        center = np.where(weekly_count < _LEAST_VALUES, mean, weekly_total / weekly_count)
    middle, half = center + near, width * deviation
    return (middle - half)[cells], (middle + half)[cells]


def recent_band(past: Floats, width: float) -> tuple[float, float] | None:
    """The lower and upper bound, from all that came before; None where too little did.

    Args:
        past: NaN for a missing value.
        width: how many standard deviations the band reaches up and down.
    """
    values = past[~np.isnan(past)]
    if len(values) < _LEAST_RECENT:
        return None
    middle, half = float(values.mean()), width * float(values.std())
    return middle - half, middle + half


def _known(cells: NDArray[np.int64], values: Floats) -> tuple[Floats, Floats]:
    """Count, sum and sum of squares of the values that are known when each hour begins, and those of its weekday.

    Of weekdays, count and sum; they are 0 until two weeks are over.
    """
    present = ~np.isnan(values)
    hours = int(cells[-1]) + 1
    kept = values[present]
    each = np.zeros((3, hours), dtype=np.float64)
    for row, weights in enumerate((np.ones_like(kept), kept, kept**2)):
        each[row] = np.bincount(cells[present], weights, minlength=hours)
    before = _sum_of_last(each, TRAINED_DAYS * _HOURS)
    season, weekly = _season(each, 1), _season(each, _WEEK)[:2]
    seasonal = (np.arange(hours) >= _LEAST_DAYS * _HOURS) & (season[0] >= _LEAST_VALUES)
    return np.where(seasonal, season, before), np.where(
        np.arange(hours) >= TRAINED_DAYS * _HOURS, weekly, 0.0
    )


def _season(each: Floats, days: int) -> Floats:
    """For each hour, the sum of those `days`, twice as many, and so on before it, as far back as it is trained."""
    length = days * _HOURS
    hours = each.shape[1]
    padded: Floats = np.zeros((3, -(-hours // length) * length))
    padded[:, :hours] = each
    alike = padded.reshape(3, -1, length).swapaxes(1, 2)
    return _sum_of_last(alike, TRAINED_DAYS // days).swapaxes(1, 2).reshape(3, -1)[:, :hours]


def _sum_of_last(each: Floats, most: int) -> Floats:
    """The sum of the `most` values before each, along the last axis."""
    index = np.arange(each.shape[-1])
    upto = np.concatenate([np.zeros((*each.shape[:-1], 1)), np.cumsum(each, axis=-1)], axis=-1)
    return np.asarray(upto[..., index] - upto[..., np.maximum(index - most, 0)])
