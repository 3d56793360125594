"""What a metric alarm saw over time, and the state it was in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay import outcomes
from constructs_lib.replay.alarms import MetricAlarm
from constructs_lib.replay.compared import compared
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.pointwise import is_pointwise
from constructs_lib.replay.statistics import Floats, parse_statistic
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.watches import MetricKey, Query
from constructs_lib.replay.windows import Bins, Grid, ranges

__all__ = ["Bands", "Finder", "Seen", "follow"]

_MINUTE: Final = 60
_HIGH_RESOLUTION: Final = 10
_HOUR: Final = 3_600
_DAY: Final = 86_400
_MOST_CELLS: Final = 1_000_000

Finder = Callable[[MetricKey, Query], Sequence[MetricSeries]]
"""What a timeline has of a metric, for what a query asks of it."""
Bands = Callable[[MetricAlarm, Floats, Floats], tuple[Floats, Floats]]
"""The lower and upper bound for an anomaly alarm, given when the windows of its metric end, and the values in them."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What an alarm saw.

    Attributes:
        alarm: the alarm.
        moments: when it was evaluated, in seconds since 1970.
        values: the newest datapoint of each evaluation; NaN for a missing one.
        lower: the lower bound of an anomaly alarm's band; None for another alarm.
        upper: likewise the upper bound.
        states: the state after each evaluation, by its place in `outcomes.STATES`.
        fed: whether the timeline has any of its metrics; without one, it never leaves INSUFFICIENT_DATA.
    """

    alarm: MetricAlarm
    moments: Floats
    values: Floats
    lower: Floats | None
    upper: Floats | None
    states: NDArray[np.int8]
    fed: bool


def _clock(alarm: MetricAlarm, start: float, end: float) -> tuple[Grid, NDArray[np.int64]]:
    """The steps at whose ends windows end, and those at whose end the alarm is evaluated.

    Every minute; every ten seconds for shorter periods; every full hour for alarms on more than a day.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    step = _HIGH_RESOLUTION if alarm.period < _MINUTE else _MINUTE
    origin = float(np.floor(start / step) * step)
    grid = Grid(origin=origin, step=step, count=max(0, int(np.floor((end - origin) / step))))
    rows = np.arange(grid.count)
    if alarm.period * alarm.periods > _DAY:
        rows = rows[grid.ends % _HOUR == 0]
    return grid, rows


class _Inputs:
    """The values of an alarm's metrics at the end of every step."""

    def __init__(self, alarm: MetricAlarm, grid: Grid, find: Finder) -> None:
        self._grid = grid
        self.fed = False
        self.values: dict[str, Floats] = {}
        self.few = np.zeros(grid.count, dtype=bool)
        for query in alarm.queries.values():
            if query.metric is not None:
                self.values[query.id] = self._of(query, find(query.metric, query), alarm)

    def _of(self, query: Query, found: Sequence[MetricSeries], alarm: MetricAlarm) -> Floats:
        statistic = parse_statistic(query.statistic)
        bins = Bins.of(found, self._grid, distribution=not statistic.basic)
        self.fed = self.fed or bool(found)
        width = max(1, query.period // self._grid.step)
        if alarm.ignores_low_samples and statistic.least_samples:
            seen = bins.observations(width)
            self.few |= (seen > 0) & (seen < statistic.least_samples)
        values = bins.statistic(statistic, width)
        for series in found:
            if series.period == query.period and query.statistic in series.given:
                self._put(values, series, series.given[query.statistic], width)
        return values

    def _put(self, values: Floats, series: MetricSeries, given: Floats, width: int) -> None:
        """What an export tells of whole periods only: until the next one is over, it is what is known."""
        inside, index = self._grid.bins(series)
        told = given[inside]
        steps = index[:, None] + np.arange(width)
        known = (steps < self._grid.count) & ~np.isnan(told)[:, None]
        values[steps[known]] = np.broadcast_to(told[:, None], steps.shape)[known]


def follow(alarm: MetricAlarm, find: Finder, bands: Bands, start: float, end: float) -> Seen:
    """Evaluate `alarm` over a time.

    Args:
        alarm: the alarm.
        find: finds the series of a metric.
        bands: of anomaly alarms.
        start: seconds since 1970.
        end: likewise.

    Raises:
        ExpressionError: an expression that is not evaluated.
        StatisticError: a statistic that there is not.
    """
    grid, evaluated = _clock(alarm, start, end)
    inputs = _Inputs(alarm, grid, find)
    width = max(1, alarm.period // grid.step)
    length = alarm.periods + EXTRA_DATAPOINTS
    before, at_once = _at_once(alarm, inputs, grid) if is_pointwise(alarm) else (np.nan, None)
    band = _band(alarm, bands, grid, at_once)
    limit = float(alarm.threshold or 0) if band is None else band
    found = None if at_once is None else outcomes.breaching(alarm.operator, at_once, limit)
    nothing = outcomes.MISSING if band else int(outcomes.breaching(alarm.operator, np.array(before), limit))
    codes = np.empty(len(evaluated), dtype=np.int8)
    newest = np.empty(len(evaluated))
    chunk = max(1, _MOST_CELLS // (length * len(alarm.queries)))
    for at in range(0, len(evaluated), chunk):
        rows = evaluated[at : at + chunk]
        if found is None or at_once is None:
            seen = {
                name: ranges(values, rows, width=width, length=length)
                for name, values in inputs.values.items()
            }
            shown = compared(alarm, seen, grid.ends[rows], width * grid.step, length)
            breaching, last = outcomes.breaching(alarm.operator, shown, limit), shown[:, -1]
        else:
            breaching = ranges(found, rows, width=width, length=length, missing=nothing)
            last = at_once[rows]
        codes[at : at + chunk] = outcomes.outcomes(
            breaching, periods=alarm.periods, needed=alarm.needed, treatment=alarm.treatment
        )
        newest[at : at + chunk] = last
    codes[inputs.few[evaluated]] = outcomes.KEEP
    if not inputs.fed:
        codes[:] = outcomes.KEEP
    return Seen(
        alarm=alarm,
        moments=grid.ends[evaluated],
        values=newest,
        lower=None if band is None else band[0][evaluated],
        upper=None if band is None else band[1][evaluated],
        states=outcomes.settled(codes),
        fed=inputs.fed,
    )


def _at_once(alarm: MetricAlarm, inputs: _Inputs, grid: Grid) -> tuple[float, Floats]:
    """What is compared where no metric has a datapoint, as before the first step, and at the end of every step."""
    seen = {name: np.append(np.nan, values)[:, None] for name, values in inputs.values.items()}
    values = compared(alarm, seen, np.append(grid.origin, grid.ends), alarm.period, 1)[:, 0]
    return float(values[0]), values[1:]


def _band(
    alarm: MetricAlarm, bands: Bands, grid: Grid, values: Floats | None
) -> tuple[Floats, Floats] | None:
    if alarm.band is None:
        return None
    if values is None:
        raise ExpressionError("a band is not evaluated for an expression that looks at several datapoints.")
    return bands(alarm, grid.ends, values)
