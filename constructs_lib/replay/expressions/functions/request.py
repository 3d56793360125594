"""Functions of the request itself: its metrics, their period and quotas, and scalars as time series."""

from typing import Final

import numpy as np

from constructs_lib.replay.expressions.calls import Call, Function, Misuse
from constructs_lib.replay.expressions.functions.arrays import joined
from constructs_lib.replay.expressions.values import Series, Value

__all__ = ["FUNCTIONS"]


def _metrics(call: Call) -> Value:
    part = ""
    if call.arguments:
        step = call.arguments[0].step
        if step.kind != "text":
            raise call.misuse(0, "a text in quotes")
        part = step.words[0][1:-1]
    chosen = [call.frame.value(name) for name in call.frame.metrics if part in name]
    return joined([each for each in chosen if each is not None], call.frame.times.shape)


def _period(call: Call) -> Value:
    call.metric()
    return call.frame.scalar(call.frame.period)


def _quota(call: Call) -> Value:
    metric = call.metric()
    quota = call.frame.quotas.get(metric)
    if quota is None:
        raise Misuse(f"no quota of {metric} is known")
    return Series(np.where(np.isnan(call.series().values), np.nan, quota))


def _time_series(call: Call) -> Value:
    return Series(np.broadcast_to(call.scalar().aligned, call.frame.times.shape))


FUNCTIONS: Final = {
    "METRICS": Function(_metrics, 0, 1),
    "PERIOD": Function(_period),
    "SERVICE_QUOTA": Function(_quota),
    "TIME_SERIES": Function(_time_series),
}
