"""Two series of one metric as one, as CloudWatch has what is published twice."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.samples import Floats, Samples
from constructs_lib.replay.timelines.series import LONGEST, MetricSeries

__all__ = ["merge_series"]


def merge_series(series: Sequence[MetricSeries]) -> tuple[MetricSeries, ...]:
    """Series of different metrics: those of one metric are put together, in the order they came in.

    Raises:
        TimelineError: periods of two that are the same metric do not begin together.
    """
    found: dict[tuple[object, ...], list[MetricSeries]] = {}
    for each in series:
        found.setdefault(each.key, []).append(each)
    return tuple(reduce(_both, same) for same in found.values())


def _both(one: MetricSeries, other: MetricSeries) -> MetricSeries:
    if (one.start - other.start) % one.period:
        raise TimelineError(
            f"{one}: its {one.period}-second periods begin at different seconds. "
            "Export them with one start, or give a shorter period."
        )
    start, end = min(one.start, other.start), max(one.end, other.end)
    if (end - start) // one.period > LONGEST:
        raise TimelineError(f"{one}: its parts lie too far apart. Give them as two timelines.")
    left, right = _stretched(one, start, end), _stretched(other, start, end)
    samples = Samples.together([left.distribution(), right.distribution()])
    total = left.count + right.count
    complete = np.isclose(np.bincount(samples.rows, samples.weights, minlength=len(total)), total)
    minimum, maximum = np.fmin(left.minimum, right.minimum), np.fmax(left.maximum, right.maximum)
    given = {name: _given(left, right, name) for name in {**left.given, **right.given}}
    return replace(
        left,
        count=total,
        sum=_where_both(left, right, left.sum + right.sum, "sum"),
        minimum=_where_both(left, right, minimum + 0 * (left.minimum + right.minimum), "minimum"),
        maximum=_where_both(left, right, maximum + 0 * (left.maximum + right.maximum), "maximum"),
        samples=samples.kept(complete & (minimum < maximum)),
        given=given,
    )


def _stretched(series: MetricSeries, start: int, end: int) -> MetricSeries:
    before, after = (series.start - start) // series.period, (end - series.end) // series.period

    def pad(array: Floats, value: float) -> Floats:
        return np.pad(array, (before, after), constant_values=value)

    return replace(
        series,
        start=start,
        count=pad(series.count, 0.0),
        sum=pad(series.sum, np.nan),
        minimum=pad(series.minimum, np.nan),
        maximum=pad(series.maximum, np.nan),
        samples=series.samples.padded(before, after),
        given={name: pad(array, np.nan) for name, array in series.given.items()},
    )


def _where_both(left: MetricSeries, right: MetricSeries, both: Floats, name: str) -> Floats:
    """`both` in periods that both have; a statistic that one of them does not know is not known."""
    one: Floats = np.where(left.present, getattr(left, name), getattr(right, name))
    here: npt.NDArray[np.bool_] = left.present & right.present
    return np.where(here, both, one)


def _given(left: MetricSeries, right: MetricSeries, name: str) -> Floats:
    """A statistic of an export, where only one of them has a datapoint: two cannot be added up."""
    nothing = np.full(len(left), np.nan)
    one, other = left.given.get(name, nothing), right.given.get(name, nothing)
    return np.where(~right.present, one, np.where(~left.present, other, np.nan))
