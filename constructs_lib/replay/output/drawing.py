"""What a chart is drawn from: few points of many, none of them made up."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.statistics import Floats

__all__ = ["COLUMNS", "Places", "drawn_points"]

Places = NDArray[np.int64]
COLUMNS: Final = 800
"""Parts of the time of which the extremes are drawn: about as many as a wide screen has pixels for them."""
_NEAR: Final = 30
"""Evaluations around a change of state that are all drawn, so that there is something to see from near."""
_MOST_CHANGES: Final = 50


def drawn_points(seen: Seen) -> Places:
    """The places of the evaluations that are drawn, ascending.

    Of each part of the time the smallest and the largest value, and a gap where there is one; all around changes of
    state. Of a run of equal values only both ends.
    """
    values, count = seen.values, len(seen.values)
    if count <= 2 * COLUMNS:
        return _without_runs(values, np.arange(count))
    width = -(-count // COLUMNS)
    padded = np.full(width * -(-count // width), np.nan)
    padded[:count] = values
    parts = padded.reshape(-1, width)
    missing = np.isnan(parts)
    first = np.arange(len(parts)) * width
    gaps = missing.any(axis=1)
    kept = [
        np.array([0, count - 1]),
        first + np.where(missing, np.inf, parts).argmin(axis=1),
        first + np.where(missing, -np.inf, parts).argmax(axis=1),
        first[gaps] + missing[gaps].argmax(axis=1),
    ]
    changes = np.flatnonzero(np.diff(seen.states))[:_MOST_CHANGES]
    kept += [np.arange(max(0, change - _NEAR), min(count, change + _NEAR)) for change in changes]
    return _without_runs(values, np.unique(np.minimum(np.concatenate(kept), count - 1)))


def _without_runs(values: Floats, index: Places) -> Places:
    """`index` without the places whose value both neighbours have too."""
    if len(index) <= 2:  # noqa: PLR2004 - both ends
        return index
    shown = values[index]
    same = (shown[1:] == shown[:-1]) | (np.isnan(shown[1:]) & np.isnan(shown[:-1]))
    inner = same[1:] & same[:-1]
    kept: Places = index[np.concatenate([[True], ~inner, [True]])]
    return kept
