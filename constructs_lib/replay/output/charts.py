"""The charts of the page, as Plotly draws them: metric, threshold, band, state and incidents of an alarm.

Plain data, and not Plotly's own classes, which check and copy it all: https://plotly.com/javascript/reference/
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.outcomes import STATES
from constructs_lib.replay.output.drawing import COLUMNS, drawn_points
from constructs_lib.replay.output.histories import History, Interval
from constructs_lib.replay.output.strips import simplified
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.timelines.timeline import Mark

__all__ = ["SHORT", "TALL", "chart_of"]

TALL: Final = 210
"""Height of the chart of a metric alarm, in pixels."""
SHORT: Final = 64
"""Height of that of a composite alarm, which has only states."""
_COLOURS: Final = {"OK": "#3aa76d", "ALARM": "#e5484d", "INSUFFICIENT_DATA": "#a0a6b0"}
_LINE: Final = "#3b82f6"
_LIMIT: Final = "#e5484d"
_BAND: Final = "rgba(139, 92, 246, 0.22)"
_INCIDENT: Final = "rgba(245, 158, 11, 0.20)"
_GRID: Final = "rgba(128, 134, 145, 0.22)"
_STRIP: Final = 14
"""Height of the states, in pixels."""
_MARGIN: Final = {"l": 64, "r": 12, "t": 8, "b": 26}
_LONG: Final = 1e9
"""Above that, seven digits are too few: of times they would lose the minute."""
_ROOM: Final = 0.05
"""Above and below what is drawn, as a part of its height."""
_MILLISECONDS: Final = 1_000


def chart_of(history: History, marks: Sequence[Mark]) -> dict[str, Any]:
    """The traces and the layout of an alarm's chart; it has no text of a template or a timeline."""
    start, end = history.intervals[0].start, history.intervals[-1].end
    seen = history.seen
    height = SHORT if seen is None else TALL
    inner = height - _MARGIN["t"] - _MARGIN["b"]
    strip = _STRIP / inner
    shown = simplified(history.intervals, COLUMNS)
    traces = [_states(shown), *_rings(shown)]
    if seen is not None:
        traces += [*_band(seen), _values(seen), *_threshold(seen, start, end)]
    axis = {"gridcolor": _GRID, "zeroline": False, "fixedrange": True}
    return {
        "data": traces,
        "layout": {
            "height": height,
            "margin": _MARGIN,
            "showlegend": False,
            "hovermode": "x",
            "dragmode": "zoom",
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {
                "type": "date",
                "range": [start * _MILLISECONDS, end * _MILLISECONDS],
                "gridcolor": _GRID,
                "anchor": "y2",
                "hoverformat": "%Y-%m-%d %H:%M:%S",
            },
            "yaxis": {
                **axis,
                "domain": [min(1.0, strip + 0.06), 1.0],
                "range": None if seen is None else _scale(seen),
                "nticks": 5,
                "visible": seen is not None,
            },
            "yaxis2": {**axis, "domain": [0.0, strip], "range": [0, 1], "visible": False},
            "shapes": [_incident(mark) for mark in marks],
        },
    }


def _scale(seen: Seen) -> list[float] | None:
    """From the smallest to the largest of all that is drawn, and zero, with some room; None beyond all numbers."""
    limits = [each for each in (seen.lower, seen.upper) if each is not None]
    known = np.concatenate([seen.values, *limits, [seen.alarm.threshold or 0.0, 0.0]])
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    room = _ROOM * ((high - low) or 1.0)
    return [low - room, high + room] if math.isfinite(room) else None


def _values(seen: Seen) -> dict[str, Any]:
    index = drawn_points(seen)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _packed(seen.moments[index] * _MILLISECONDS),
        "y": _packed(seen.values[index]),
        "line": {"color": _LINE, "width": 1.25, "shape": "linear"},
        "connectgaps": False,
        "hovertemplate": "%{y:.5~g}<extra></extra>",
    }


def _threshold(seen: Seen, start: float, end: float) -> list[dict[str, Any]]:
    if seen.alarm.threshold is None or not math.isfinite(seen.alarm.threshold):
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [start * _MILLISECONDS, end * _MILLISECONDS],
            "y": [seen.alarm.threshold] * 2,
            "line": {"color": _LIMIT, "width": 1.25, "dash": "dash"},
            "hoverinfo": "skip",
        }
    ]


def _band(seen: Seen) -> list[dict[str, Any]]:
    """The lower bound, and above it the filled one."""
    if seen.lower is None or seen.upper is None:
        return []
    known = ~(np.isnan(seen.lower) | np.isnan(seen.upper))
    index = drawn_points(seen)
    index = index[known[index]]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": _packed(seen.moments[index] * _MILLISECONDS),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return [
        {**line, "y": _packed(seen.lower[index])},
        {**line, "y": _packed(seen.upper[index]), "fill": "tonexty", "fillcolor": _BAND},
    ]


def _states(intervals: Sequence[Interval]) -> dict[str, Any]:
    """One row of a heat map: a brick for each interval."""
    codes = [STATES.index(each.state) for each in intervals]
    edges = [each.start * _MILLISECONDS for each in intervals] + [intervals[-1].end * _MILLISECONDS]
    last = len(STATES)
    scale = [
        [(place + side) / last, _COLOURS[state]] for place, state in enumerate(STATES) for side in (0, 1)
    ]
    return {
        "type": "heatmap",
        "x": edges,
        "y": [0, 1],
        "z": [codes],
        "zmin": -0.5,
        "zmax": last - 0.5,
        "colorscale": scale,
        "showscale": False,
        "yaxis": "y2",
        "text": [[each.state for each in intervals]],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _rings(intervals: Sequence[Interval]) -> list[dict[str, Any]]:
    """A mark above the states wherever the alarm rings: of a month, a minute in ALARM is no pixel."""
    rings = [each.start * _MILLISECONDS for each in intervals if each.state == "ALARM"]
    if not rings:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": rings,
            "y": [1] * len(rings),
            "yaxis": "y2",
            "cliponaxis": False,
            "marker": {
                "symbol": "triangle-down",
                "size": 10,
                "color": _COLOURS["ALARM"],
                "line": {"width": 1, "color": "#ffffff"},
            },
            "hoverinfo": "skip",
        }
    ]


def _incident(mark: Mark) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": mark.start.timestamp() * _MILLISECONDS,
        "x1": mark.end.timestamp() * _MILLISECONDS,
        "y0": 0,
        "y1": 1,
        "fillcolor": _INCIDENT,
        "line": {"width": 0},
        "layer": "below",
    }


def _packed(values: Floats) -> dict[str, str]:
    """Numbers as Plotly takes them in JSON: a third of the size of their digits, and NaN is possible."""
    dtype = "f8" if np.nanmax(np.abs(values), initial=0.0) > _LONG else "f4"
    return {"dtype": dtype, "bdata": b64encode(values.astype(f"<{dtype}").tobytes()).decode()}
