"""Functions of a datapoint and those before it in its time series."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.values import Floats, Value, finite, like

__all__ = ["FUNCTIONS", "latest"]

Places = NDArray[np.int64]
Step = Callable[[Floats, Floats], Floats]


def latest(values: Floats) -> Places:
    """Where the latest value is that is not missing, up to each datapoint; the first place where there is none yet."""
    places = np.where(np.isnan(values), 0, np.arange(values.shape[-1]))
    return np.maximum.accumulate(places, axis=-1)


def _since_previous(step: Step, call: Call) -> Value:
    value = call.some_series()
    now, times = value.values, np.broadcast_to(call.frame.times, value.values.shape)
    where = latest(now[..., :-1])
    result = np.full(now.shape, np.nan)
    later, earlier = now[..., 1:], np.take_along_axis(now, where, axis=-1)
    passed = times[..., 1:] - np.take_along_axis(times, where, axis=-1)
    result[..., 1:] = np.where(np.isnan(later - earlier), np.nan, step(later - earlier, passed))
    return like(value, finite(result))


def _running_sum(call: Call) -> Value:
    value = call.some_series()
    sums = np.nancumsum(value.values, axis=-1)
    return like(value, finite(np.where(np.isnan(value.values), np.nan, sums)))


FUNCTIONS: Final = {
    "DIFF": Function(partial(_since_previous, lambda change, _passed: change)),
    "DIFF_TIME": Function(partial(_since_previous, lambda _change, passed: passed)),
    "RATE": Function(partial(_since_previous, lambda change, passed: change / passed)),
    "RUNNING_SUM": Function(_running_sum),
}
