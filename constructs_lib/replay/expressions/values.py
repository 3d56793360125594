"""What metric math computes with: time series, arrays of them and scalars, for many evaluations at once.

An evaluation is a row, and NaN is a datapoint that is missing, or a scalar that has no value.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Frame", "Scalar", "Series", "SeriesArray", "Value", "finite", "like"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Scalar:
    """One number a row.

    Attributes:
        values: of shape (rows,).
    """

    values: Floats

    @property
    def aligned(self) -> Floats:
        """In a shape that goes with that of a series."""
        return self.values[:, np.newaxis]


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """A time series.

    Attributes:
        values: of shape (rows, datapoints), the oldest datapoint first.
    """

    values: Floats

    @property
    def aligned(self) -> Floats:
        """The values as they are."""
        return self.values


@dataclass(frozen=True, eq=False, slots=True)
class SeriesArray:
    """An array of time series; how many there are can differ by row.

    Attributes:
        values: of shape (series, rows, datapoints), NaN beyond the size of a row.
        sizes: of shape (rows,): how many series there are in each row.
    """

    values: Floats
    sizes: Counts

    @classmethod
    def of(cls, values: Floats, sizes: Counts) -> "SeriesArray":
        """An array of the first `sizes` series of `values`."""
        beyond = np.arange(len(values))[:, np.newaxis] >= sizes
        return cls(np.where(beyond[:, :, np.newaxis], np.nan, values) if beyond.any() else values, sizes)

    @property
    def aligned(self) -> Floats:
        """The values as they are."""
        return self.values


Value = Scalar | Series | SeriesArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Frame:
    """What an expression is computed over.

    Attributes:
        series: id to values of shape (rows, datapoints), the oldest datapoint first, NaN for a missing one; of an
            expression that gives several series, a `SeriesArray`.
        metrics: the ids that are metrics, which METRICS() stands for, in the order of the request.
        times: when each datapoint begins, in seconds since 1970 in UTC, of shape (rows, datapoints).
        period: of all of them, in seconds.
        quotas: id of a metric to its quota, for SERVICE_QUOTA.
    """

    series: Mapping[str, Floats | SeriesArray]
    metrics: tuple[str, ...]
    times: Floats
    period: float
    quotas: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse series of different shapes.

        Raises:
            ValueError: they do not fit together.
        """
        for name, given in self.series.items():
            shape = given.values.shape[1:] if isinstance(given, SeriesArray) else given.shape
            if shape != self.times.shape:
                raise ValueError(
                    f"the series {name} has the shape {shape}, the times have {self.times.shape}."
                )
        unknown = sorted(set(self.metrics) - set(self.series))
        if unknown:
            raise ValueError(f"the metrics {', '.join(unknown)} have no series.")

    def value(self, name: str) -> Series | SeriesArray | None:
        """What an id stands for; None where it stands for nothing."""
        found = self.series.get(name)
        return found if found is None or isinstance(found, SeriesArray) else Series(found)

    def scalar(self, number: float) -> Scalar:
        """A number, in every row."""
        return Scalar(np.broadcast_to(np.float64(number), self.times.shape[:1]))


def finite(values: Floats) -> Floats:
    """`values`, without those that are no finite numbers: such a datapoint is dropped."""
    return np.where(np.isfinite(values), values, np.nan)


def like(value: Series | SeriesArray, values: Floats) -> Series | SeriesArray:
    """Other values for what has the shape of `value`."""
    return Series(values) if isinstance(value, Series) else SeriesArray.of(values, value.sizes)
