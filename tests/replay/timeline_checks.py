"""How tests compare and build timelines."""

from collections.abc import Sequence

import numpy as np

from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline

START = "2026-03-02T00:00:00Z"
START_EPOCH = 1_772_409_600


def series_of(
    values: Sequence[object], *, name: str = "Errors", period: int = 60, start: object = START
) -> MetricSeries:
    return MetricSeries.of("AWS/Lambda", name, {"FunctionName": "f"}, values, start=start, period=period)  # type: ignore[arg-type] # some tests give what is no time


def assert_same_series(one: MetricSeries, other: MetricSeries) -> None:
    assert one.key == other.key
    assert one.start == other.start
    for name in ("count", "sum", "minimum", "maximum"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=f"{one} {name}")
    for name in ("offsets", "values", "weights"):
        np.testing.assert_array_equal(
            getattr(one.samples, name), getattr(other.samples, name), err_msg=f"{one} {name}"
        )
    assert set(one.given) == set(other.given)
    for name, array in one.given.items():
        np.testing.assert_array_equal(array, other.given[name])


def assert_same_timeline(one: Timeline, other: Timeline) -> None:
    assert (one.start, one.end, one.marks) == (other.start, other.end, other.marks)
    assert len(one.series) == len(other.series)
    for left, right in zip(one.series, other.series, strict=True):
        assert_same_series(left, right)
