"""Functions that make one number of many: of a time series a scalar, of an array of them one time series."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.values import Floats, Scalar, Series, SeriesArray, Value, finite

__all__ = ["FUNCTIONS", "KEYS", "Reduction"]

Reduction = Callable[[Floats, int, Any], Floats]
"""Values, NaN where one is missing, over an axis, and how many there could be: one number, if there is any value."""


def _sum(values: Floats, axis: int, _size: Any) -> Floats:
    return np.asarray(np.nansum(values, axis=axis))


def _average(values: Floats, axis: int, size: Any) -> Floats:
    """Of all that there could be: "Missing values are treated as 0" (the page on metric math, AVG)."""
    return np.asarray(_sum(values, axis, size) / size)


def _minimum(values: Floats, axis: int, _size: Any) -> Floats:
    return np.asarray(np.fmin.reduce(values, axis=axis, initial=np.inf))


def _maximum(values: Floats, axis: int, _size: Any) -> Floats:
    return np.asarray(np.fmax.reduce(values, axis=axis, initial=-np.inf))


def _deviation(values: Floats, axis: int, _size: Any) -> Floats:
    count = _count(values, axis, None)
    apart = values - np.expand_dims(_sum(values, axis, None) / count, axis)
    return np.asarray(np.sqrt(np.nansum(apart * apart, axis=axis) / count))


def _count(values: Floats, axis: int, _size: Any) -> Floats:
    return np.asarray(np.isfinite(values).sum(axis=axis), dtype=np.float64)


def _reduced(reduction: Reduction, call: Call) -> Value:
    value = call.some_series()
    if isinstance(value, SeriesArray):
        reduced = reduction(value.values, 0, value.sizes[:, np.newaxis])
        return Series(np.where(_count(value.values, 0, None) == 0, np.nan, finite(reduced)))
    reduced = reduction(value.values, 1, value.values.shape[1])
    if reduction is _count:
        return Scalar(reduced)
    return Scalar(np.where(_count(value.values, 1, None) == 0, np.nan, finite(reduced)))


KEYS: Final[Mapping[str, Reduction]] = {"AVG": _average, "MIN": _minimum, "MAX": _maximum, "SUM": _sum}
"""What SORT takes."""

FUNCTIONS: Final = {
    name: Function(partial(_reduced, reduction))
    for name, reduction in {**KEYS, "STDDEV": _deviation, "DATAPOINT_COUNT": _count}.items()
}
