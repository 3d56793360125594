"""Samples in windows of time: a statistic for every moment at which an alarm may be evaluated.

Windows slide. An alarm with a period of five minutes is evaluated every minute, each time over the last five minutes:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from constructs_lib.replay.statistics import Floats, Statistic
from constructs_lib.replay.timelines.samples import Samples
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["Bins", "Grid", "ranges"]

Rows = NDArray[np.int64]
_T = TypeVar("_T", bound=np.generic)
_MOST_CELLS: Final = 2_000_000
"""Numbers that are looked at in one go, so that memory does not grow with the timeline."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Steps of time, at whose ends windows end.

    Attributes:
        origin: where the first step begins, in seconds since 1970.
        step: seconds of a step.
        count: of steps.
    """

    origin: float
    step: int
    count: int

    @property
    def ends(self) -> Floats:
        """When each step ends."""
        return self.origin + self.step * (np.arange(self.count, dtype=np.float64) + 1)

    def bins(self, series: MetricSeries) -> tuple[NDArray[np.bool_], Rows]:
        """Which periods of `series` have a datapoint within these steps, and the step that each of them is over in."""
        over = series.times + series.period - self.origin
        index = np.ceil(over / self.step).astype(np.int64) - 1
        inside = series.present & (index >= 0) & (index < self.count)
        return inside, index[inside]


@dataclass(frozen=True, kw_only=True)
class Bins:
    """What is known of a metric in each step; NaN where there are datapoints that do not tell.

    Attributes:
        present: how many datapoints there are.
        counts: how many samples.
        sums: their sum.
        minima: the smallest one; infinite without one.
        maxima: the largest one; infinite without one.
        samples: the samples themselves, for statistics that need them.
    """

    present: Floats
    counts: Floats
    sums: Floats
    minima: Floats
    maxima: Floats
    samples: Samples

    @classmethod
    def of(cls, found: Iterable[MetricSeries], grid: Grid, *, distribution: bool) -> Self:
        """Put the datapoints of a metric into the steps of `grid`.

        Args:
            found: the series of the metric.
            grid: the steps.
            distribution: whether single samples are needed.
        """
        present, counts, sums = (np.zeros(grid.count) for _ in range(3))
        minima, maxima = np.full(grid.count, np.inf), np.full(grid.count, -np.inf)
        samples = [Samples.none(grid.count)]
        for series in found:
            inside, index = grid.bins(series)
            np.add.at(present, index, 1.0)
            np.add.at(counts, index, series.count[inside])
            np.add.at(sums, index, series.sum[inside])
            with np.errstate(invalid="ignore"):  # what the data does not tell stays unknown
                np.minimum.at(minima, index, series.minimum[inside])
                np.maximum.at(maxima, index, series.maximum[inside])
            if distribution:
                single = series.distribution().kept(inside)
                step_of = np.zeros(len(inside), dtype=np.int64)
                step_of[inside] = index
                samples.append(
                    Samples.gathered(grid.count, step_of[single.rows], single.values, single.weights)
                )
        together = Samples.together(samples) if len(samples) > 1 else samples[0]
        return cls(present=present, counts=counts, sums=sums, minima=minima, maxima=maxima, samples=together)

    def statistic(self, statistic: Statistic, width: int) -> Floats:
        """The statistic of the `width` steps that end with each; NaN where they have no datapoint."""
        if not statistic.basic:
            return self._of_samples(statistic, width)
        with np.errstate(divide="ignore", invalid="ignore"):
            match statistic.kind:
                case "SampleCount":
                    found = self.observations(width)
                case "Minimum":
                    found = _over(self.minima, width, np.inf, "min")
                case "Maximum":
                    found = _over(self.maxima, width, -np.inf, "max")
                case kind:
                    sums = _over(self.sums, width, 0.0, "sum")
                    found = sums if kind == "Sum" else sums / self.observations(width)
        return np.where(_over(self.present, width, 0.0, "sum") > 0, found, np.nan)

    def observations(self, width: int) -> Floats:
        """How many samples the `width` steps have that end with each."""
        return _over(self.counts, width, 0.0, "sum")

    def _of_samples(self, statistic: Statistic, width: int) -> Floats:
        offsets = self.samples.offsets
        steps = np.arange(len(offsets) - 1)
        begins = offsets[np.maximum(steps - width + 1, 0)]
        lengths = offsets[1:] - begins
        result = np.full(len(steps), np.nan)
        (rows,) = np.nonzero(lengths)
        at = 0
        while at < len(rows):
            # As many windows as fit, the longest of them deciding.
            longest = np.maximum.accumulate(lengths[rows[at:]])
            fit = int(np.searchsorted(longest * np.arange(1, len(longest) + 1), _MOST_CELLS, "right"))
            chunk = rows[at : at + max(1, fit)]
            result[chunk] = statistic.of(*self._sorted(begins[chunk], lengths[chunk]))
            at += len(chunk)
        return result

    def _sorted(self, begins: Rows, lengths: Rows) -> tuple[Floats, Floats]:
        """The samples of windows, and their weights: a window in each row."""
        position = np.arange(int(lengths.max()))
        inside = position < lengths[:, None]
        index = np.where(inside, begins[:, None] + position, 0)
        values = np.where(inside, self.samples.values[index], np.nan)
        weights = np.where(inside, self.samples.weights[index], 0.0)
        order = np.argsort(values, axis=1, kind="stable")
        return np.take_along_axis(values, order, axis=1), np.take_along_axis(weights, order, axis=1)


def ranges(
    values: NDArray[_T], rows: Rows, *, width: int, length: int, missing: float = np.nan
) -> NDArray[_T]:
    """The `length` datapoints that end at each of `rows`, the oldest first, `width` steps from one to the next.

    What would lie before the first step is `missing`.
    """
    before = width * (length - 1)
    padded = np.concatenate([np.full(before, missing, dtype=values.dtype), values])
    return np.asarray(padded[rows[:, None] + width * np.arange(length)])


def _over(values: NDArray[_T], width: int, empty: float, how: str) -> NDArray[_T]:
    """The sum, minimum or maximum of the `width` values that end at each."""
    if width == 1:
        return values
    padded = np.concatenate([np.full(width - 1, empty, dtype=values.dtype), values])
    found: NDArray[_T] = getattr(sliding_window_view(padded, width), how)(axis=1)
    return found
