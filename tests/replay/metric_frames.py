"""Frames of metric math, written as lists: None is a datapoint that is missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from constructs_lib.replay.expressions.metric_math import Frame, Scalar, Series, SeriesArray, compute, parse

Datapoints = Sequence[float | None]


def frame(
    series: Mapping[str, Datapoints],
    *,
    metrics: Sequence[str] | None = None,
    start: str = "2026-04-03T23:58:00+00:00",
    period: float = 60,
    quotas: Mapping[str, float] | None = None,
) -> Frame:
    """A frame of one row; all series are metrics unless `metrics` says which."""
    length = len(next(iter(series.values())))
    first = datetime.fromisoformat(start).timestamp()
    return Frame(
        series={name: np.array([list(values)], dtype=np.float64) for name, values in series.items()},
        metrics=tuple(series) if metrics is None else tuple(metrics),
        times=first + period * np.arange(length, dtype=np.float64)[np.newaxis],
        period=period,
        quotas=quotas or {},
    )


def listed(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def computed(
    expression: str, over: Frame, row: int = 0
) -> float | list[float | None] | tuple[list[float | None], ...] | None:
    """What an expression comes to in a row: a number, the datapoints of a series, or of each of several series."""
    value = compute(parse(expression), over)
    match value:
        case Scalar():
            return listed(value.values)[row]
        case Series():
            return listed(value.values[row])
        case SeriesArray():
            return tuple(listed(each[row]) for each in value.values[: value.sizes[row]])
