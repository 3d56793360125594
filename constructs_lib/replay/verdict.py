"""The answer to a question about a report, and what a failing test shows of it: a timeline in text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from constructs_lib.replay.metric_states import Seen
from constructs_lib.replay.reasons import SIGNS
from constructs_lib.replay.statistics import Floats

__all__ = ["Verdict", "chart_of"]

_COLUMNS: Final = 72
_BARS: Final = " ▁▂▃▄▅▆▇█"
_STATE_SIGNS: Final = {"OK": "·", "ALARM": "A", "INSUFFICIENT_DATA": "?"}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether something holds; an assertion on it shows why not.

    Attributes:
        holds: whether it does.
        text: what was found.
        chart: the time around it in text; empty where there is nothing to show.
    """

    holds: bool
    text: str
    chart: str

    def __bool__(self) -> bool:
        """Whether it holds."""
        return self.holds

    def __repr__(self) -> str:
        """What was found, and the time around it."""
        return "\n".join(filter(None, [self.text, self.chart]))


def chart_of(seen: Seen | None, states: Sequence[tuple[float, str]], start: float, end: float) -> str:
    """Datapoints, threshold and state from `start` to `end`, a column for each part of the time.

    Args:
        seen: what the alarm saw; None for a composite alarm.
        states: when the alarm went to a state, and to which.
        start: seconds since 1970.
        end: likewise.
    """
    edges = np.linspace(start, end, _COLUMNS + 1)
    lines = [f"{_clock(start)} {'-' * (_COLUMNS - 13)} {_clock(end)}"]
    if seen is not None:
        values = _columns(seen, edges)
        low, high = _scale(values, seen)
        bars = "".join(_bar(value, low, high) for value in values)
        lines += [f"{bars}  {_limit(seen)}; {low:.4g} to {high:.4g}, x where there is no datapoint"]
    strip = "".join(_STATE_SIGNS[_worst(states, left, right)] for left, right in pairwise(edges))
    return "\n".join([*lines, f"{strip}  A in ALARM, · OK, ? insufficient data"])


def _columns(seen: Seen, edges: Floats) -> list[float]:
    """The most extreme value of each column, in the direction in which the alarm rings."""
    falling = seen.alarm.operator.startswith("LessThan") and "Upper" not in seen.alarm.operator
    index = np.searchsorted(seen.moments, edges)
    found = []
    for left, right in pairwise(index):
        part = seen.values[left : max(right, left + 1)]
        present = part[~np.isnan(part)]
        found.append(float("nan") if not len(present) else float(present.min() if falling else present.max()))
    return found


def _scale(values: Sequence[float], seen: Seen) -> tuple[float, float]:
    known = [value for value in values if not np.isnan(value)]
    if seen.alarm.threshold is not None:
        known.append(seen.alarm.threshold)
    low, high = min([*known, 0.0]), max([*known, 0.0])
    return (low, high) if high > low else (low, low + 1)


def _bar(value: float, low: float, high: float) -> str:
    return "x" if np.isnan(value) else _BARS[round((value - low) / (high - low) * (len(_BARS) - 1))]


def _limit(seen: Seen) -> str:
    alarm = seen.alarm
    limit = "the band" if alarm.threshold is None else f"{alarm.threshold:g}"
    return f"{SIGNS[alarm.operator]} {limit}, {alarm.needed} of {alarm.periods} x {alarm.period} s"


def _worst(states: Sequence[tuple[float, str]], left: float, right: float) -> str:
    """ALARM where the alarm was in it at all; else the state at the end."""
    within = [state for at, state in states if left < at <= right]
    before = [state for at, state in states if at <= left]
    found = [*before[-1:], *within]
    return "ALARM" if "ALARM" in found else found[-1] if found else "INSUFFICIENT_DATA"


def _clock(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%m-%d %H:%M}Z"
