"""FILL: what stands in for missing datapoints."""

from typing import Final

import numpy as np

from constructs_lib.replay.expressions.calls import Call, Function
from constructs_lib.replay.expressions.functions.along import latest
from constructs_lib.replay.expressions.values import Floats, Scalar, Series, Value, finite, like

__all__ = ["FUNCTIONS"]

_WORDS: Final = ("REPEAT", "LINEAR")


def _fill(call: Call) -> Value:
    value = call.some_series()
    filler = call.arguments[1].value
    if isinstance(filler, Scalar | Series):
        gaps: Floats = filler.aligned
    elif call.arguments[1].word in _WORDS:
        repeats = call.arguments[1].word == "REPEAT"
        gaps = _repeated(value.values) if repeats else _interpolated(value.values, call.frame.times)
    else:
        raise call.misuse(1, "a scalar, a time series, REPEAT or LINEAR")
    return like(value, np.where(np.isnan(value.values), gaps, value.values))


def _repeated(values: Floats) -> Floats:
    return np.take_along_axis(values, latest(values), axis=-1)


def _interpolated(values: Floats, times: Floats) -> Floats:
    when = np.broadcast_to(times, values.shape)
    before = latest(values)
    after = values.shape[-1] - 1 - latest(values[..., ::-1])[..., ::-1]
    low, high = (np.take_along_axis(values, where, axis=-1) for where in (before, after))
    start, end = (np.take_along_axis(when, where, axis=-1) for where in (before, after))
    return finite(low + (high - low) * ((when - start) / (end - start)))


FUNCTIONS: Final = {"FILL": Function(_fill, 2, 2)}
