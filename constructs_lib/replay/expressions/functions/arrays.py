"""Functions that choose and order the series of an array."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.functions.across import KEYS
from constructs_lib.replay.expressions.values import Scalar, Series, SeriesArray, Value

__all__ = ["FUNCTIONS", "joined"]

Places = NDArray[np.int64]
_ORDERS: Final = ("ASC", "DESC")
_LIMIT = 3
_END = 2


def joined(arrays: list[Series | SeriesArray], shape: tuple[int, ...]) -> SeriesArray:
    """One array of all series, in order.

    Args:
        arrays: what to join.
        shape: (rows, datapoints).
    """
    cubes = [each.values[np.newaxis] if isinstance(each, Series) else each.values for each in arrays]
    values = np.concatenate(cubes) if cubes else np.empty((0, *shape))
    members = [
        np.ones((1, shape[0]), dtype=bool) if isinstance(each, Series) else _members(each) for each in arrays
    ]
    return _kept(values, np.concatenate(members) if members else np.empty((0, shape[0]), dtype=bool))


def _members(array: SeriesArray) -> NDArray[np.bool_]:
    return np.asarray(np.arange(len(array.values))[:, np.newaxis] < array.sizes)


def _kept(values: Any, keep: NDArray[np.bool_]) -> SeriesArray:
    """Those series of each row that are to be kept, moved together."""
    sizes = keep.sum(axis=0)
    if keep.all():
        return SeriesArray(values, sizes)
    return SeriesArray.of(_placed(values, np.argsort(~keep, axis=0, kind="stable")), sizes)


def _placed(values: Any, places: Places) -> Any:
    return np.take_along_axis(values, places[:, :, np.newaxis], axis=0)


def _count(call: Call) -> Value:
    return Scalar(call.array().sizes.astype(np.float64))


def _at(array: SeriesArray, places: Places) -> Value:
    if not len(array.values):
        return Series(np.full(array.values.shape[1:], np.nan))
    return Series(_placed(array.values, np.maximum(places, 0)[np.newaxis])[0])


def _first(call: Call) -> Value:
    array = call.array()
    return _at(array, np.zeros_like(array.sizes))


def _last(call: Call) -> Value:
    array = call.array()
    return _at(array, array.sizes - 1)


def _remove_empty(call: Call) -> Value:
    array = call.array()
    return _kept(array.values, np.asarray((~np.isnan(array.values)).any(axis=2)))


def _bounded(number: Scalar, highest: int) -> Places:
    """A number of series: a whole one, none below zero."""
    whole = np.clip(np.floor(number.values), 0, highest)
    return np.where(np.isnan(whole), 0, whole).astype(np.int64)


def _slice(call: Call) -> Value:
    array = call.array()
    most = len(array.values)
    start = _bounded(call.scalar(1), most)
    end = _bounded(call.scalar(_END), most) if len(call.arguments) > _END else np.full_like(start, most)
    places = np.arange(most)[:, np.newaxis]
    return _kept(array.values, _members(array) & (places >= start) & (places < end))


def _sort(call: Call) -> Value:
    array = call.array()
    key = KEYS[call.word(1, KEYS)](array.values, 2, array.values.shape[2])
    empty = np.isnan(array.values).all(axis=2)
    order = np.where(empty, np.inf, key if call.word(2, _ORDERS) == "ASC" else -key)
    result = SeriesArray(_placed(array.values, np.argsort(order, axis=0, kind="stable")), array.sizes)
    if len(call.arguments) == _LIMIT:
        return result
    limit = _bounded(call.scalar(_LIMIT), len(array.values))
    return SeriesArray.of(result.values, np.minimum(result.sizes, limit))


FUNCTIONS: Final = {
    "FIRST": Function(_first),
    "LAST": Function(_last),
    "METRIC_COUNT": Function(_count),
    "REMOVE_EMPTY": Function(_remove_empty),
    "SLICE": Function(_slice, 2, 3),
    "SORT": Function(_sort, 3, 4),
}
