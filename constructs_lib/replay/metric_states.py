"""What a metric alarm saw over time, and the state it was in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay import outcomes
from constructs_lib.replay.alarms import MetricAlarm, MetricKey, Query
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS
from constructs_lib.replay.expressions.metric_math import (
    ExpressionError,
    Frame,
    SeriesArray,
    compute,
    compute_series,
    parse,
)
from constructs_lib.replay.pointwise import is_pointwise
from constructs_lib.replay.statistics import Floats, parse_statistic
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.windows import Bins, Grid, ranges

__all__ = ["Bands", "Finder", "Seen", "follow"]

_MINUTE: Final = 60
_HIGH_RESOLUTION: Final = 10
_HOUR: Final = 3_600
_DAY: Final = 86_400
_MOST_CELLS: Final = 1_000_000
QUOTAS: Final[Mapping[str, float]] = {"ConcurrentExecutions": 1_000.0}
"""What SERVICE_QUOTA gives: an account's default (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""

Finder = Callable[[MetricKey, str], Sequence[MetricSeries]]
"""What a timeline has of a metric; of one unit only where that is not empty."""
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
        datapoints: how many datapoints of its metrics there are.
    """

    alarm: MetricAlarm
    moments: Floats
    values: Floats
    lower: Floats | None
    upper: Floats | None
    states: NDArray[np.int8]
    datapoints: int


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
        self.datapoints = 0
        self.values: dict[str, Floats] = {}
        self.few = np.zeros(grid.count, dtype=bool)
        for query in alarm.queries.values():
            if query.metric is not None:
                self.values[query.id] = self._of(query, find(query.metric, query.unit), alarm)

    def _of(self, query: Query, found: Sequence[MetricSeries], alarm: MetricAlarm) -> Floats:
        statistic = parse_statistic(query.statistic)
        bins = Bins.of(found, self._grid, distribution=not statistic.basic)
        self.datapoints += int(bins.present.sum())
        width = max(1, query.period // self._grid.step)
        if alarm.ignores_low_samples and statistic.least_samples:
            seen = bins.observations(width)
            self.few |= (seen > 0) & (seen < statistic.least_samples)
        values = bins.statistic(statistic, width)
        for series in found:
            if series.period == query.period and query.statistic in series.given:
                inside, index = self._grid.bins(series)
                ends = index + width - 1
                known = ends < self._grid.count
                values[ends[known]] = series.given[query.statistic][inside][known]
        return values


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
    at_once = _at_once(alarm, inputs, grid) if is_pointwise(alarm) else None
    band = _band(alarm, bands, grid, at_once)
    limit = float(alarm.threshold or 0) if band is None else band
    found = None if at_once is None else outcomes.breaching(alarm.operator, at_once, limit)
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
            shown = _compared(alarm, seen, grid.ends[rows], width * grid.step, length)
            breaching, last = outcomes.breaching(alarm.operator, shown, limit), shown[:, -1]
        else:
            breaching = ranges(found, rows, width=width, length=length, missing=outcomes.MISSING)
            last = at_once[rows]
        codes[at : at + chunk] = outcomes.outcomes(
            breaching, periods=alarm.periods, needed=alarm.needed, treatment=alarm.treatment
        )
        newest[at : at + chunk] = last
    codes[inputs.few[evaluated]] = outcomes.KEEP
    return Seen(
        alarm=alarm,
        moments=grid.ends[evaluated],
        values=newest,
        lower=None if band is None else band[0][evaluated],
        upper=None if band is None else band[1][evaluated],
        states=outcomes.settled(codes),
        datapoints=inputs.datapoints,
    )


def _at_once(alarm: MetricAlarm, inputs: _Inputs, grid: Grid) -> Floats:
    """What is compared, at the end of every step."""
    seen = {name: values[:, None] for name, values in inputs.values.items()}
    return _compared(alarm, seen, grid.ends, alarm.period, 1)[:, 0]


def _band(
    alarm: MetricAlarm, bands: Bands, grid: Grid, values: Floats | None
) -> tuple[Floats, Floats] | None:
    if alarm.band is None:
        return None
    if values is None:
        raise ExpressionError("a band is not evaluated for an expression that looks at several datapoints.")
    return bands(alarm, grid.ends, values)


def _compared(
    alarm: MetricAlarm, seen: Mapping[str, Floats], ends: Floats, seconds: int, length: int
) -> Floats:
    """The datapoints that are compared, `seconds` from one to the next."""
    if alarm.shown in seen:
        return seen[alarm.shown]
    times = ends[:, None] - seconds * np.arange(length, 0, -1, dtype=np.float64)
    known: dict[str, Floats | SeriesArray] = dict(seen)
    _complete(alarm, alarm.shown, known, times, ())
    return compute_series(parse(alarm.queries[alarm.shown].expression), _frame(alarm, known, times))


def _complete(
    alarm: MetricAlarm,
    name: str,
    known: dict[str, Floats | SeriesArray],
    times: Floats,
    above: tuple[str, ...],
) -> None:
    """Add what the expression `name` names to what is `known`."""
    for each in parse(alarm.queries[name].expression).names:
        if each in known or each not in alarm.queries:
            continue
        if each in (*above, name):
            raise ExpressionError(f"the expression {each} names itself.")
        _complete(alarm, each, known, times, (*above, name))
        value = compute(parse(alarm.queries[each].expression), _frame(alarm, known, times))
        known[each] = value if isinstance(value, SeriesArray) else np.broadcast_to(value.aligned, times.shape)


def _frame(alarm: MetricAlarm, known: Mapping[str, Floats | SeriesArray], times: Floats) -> Frame:
    metrics = [query for query in alarm.queries.values() if query.metric]
    return Frame(
        series=known,
        metrics=tuple(each.id for each in metrics),
        times=times,
        period=float(alarm.period),
        quotas={
            each.id: QUOTAS[each.metric.name]
            for each in metrics
            if each.metric and each.metric.name in QUOTAS
        },
    )
