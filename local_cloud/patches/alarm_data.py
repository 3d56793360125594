"""What an alarm sees: a metric, metric math, an anomaly band or a Metrics Insights query, and the state it leads to.

What is compared, and how, `constructs_lib.replay` says. Both the newest, still growing period and complete ones count.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay import evaluation
from constructs_lib.replay.bands import recent_band
from constructs_lib.replay.compared import compared
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, Band, State
from constructs_lib.replay.expressions.metric_math import ExpressionError, band_of, parse
from constructs_lib.replay.statistics import parse_statistic
from constructs_lib.replay.watches import Query, Watch, read_watch
from local_cloud import metrics_insights
from local_cloud.hooks import internal

Series = list[float | None]
"""Datapoints, the oldest first, None where there is none."""

_HISTORY = 120
_SHORTEST_QUERY_PERIOD = 60


@dataclass(frozen=True)
class Sight:
    """What an alarm saw.

    Attributes:
        state: the state that it leads to.
        datapoints: of the evaluation range.
        bands: the band of each datapoint; None where it is no anomaly alarm.
    """

    state: State
    datapoints: Series
    bands: list[Band | None] | None


def look(alarm: Mapping[str, Any], before: State) -> Sight:
    """Look at what an alarm watches.

    Args:
        alarm: with the names of PutMetricAlarm.
        before: the state that it is in.

    Raises:
        ValueError: what it declares cannot be evaluated.
        KeyError: it lacks what every alarm has.
    """
    watch = read_watch(alarm)
    count = range_length(alarm)
    values = _compared(watch, count + (_HISTORY if watch.band else 0))
    bands = None if watch.band is None else [_band(watch, values[:-count])] * count
    datapoints = values[-count:]
    if watch.ignores_low_samples and any(map(_has_few_samples, watch.queries.values())):
        return Sight(before, datapoints, bands)
    declared = {**alarm, "TreatMissingData": watch.treatment}
    return Sight(evaluation.evaluate(declared, datapoints, before, bands=bands), datapoints, bands)


def range_length(alarm: Mapping[str, Any]) -> int:
    """How many datapoints the evaluation range has."""
    return int(alarm["EvaluationPeriods"]) + EXTRA_DATAPOINTS


def select(query: metrics_insights.Query, period: int, count: int) -> dict[tuple[str, ...], Series]:
    """The series of a Metrics Insights query by the values of its groups, sorted and limited as it says.

    A group without any datapoint in the range is left out.
    """
    period = max(period, _SHORTEST_QUERY_PERIOD)  # a query sees no finer resolution
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    oldest = (int(time.time() // period) - count + 1) * period
    for (namespace, name, _), points in internal("services.cloudwatch._metrics").items():
        recent = [point for point in list(points) if point["Timestamp"] >= oldest]
        if (namespace, name) != (query.namespace, query.metric) or not recent:
            continue
        dimensions = recent[0]["Dimensions"]
        tags = _tags(namespace, dimensions)
        if query.selects(dimensions, tags):
            groups.setdefault(query.group(dimensions, tags), []).extend(recent)
    by = query.order_by or query.statistic
    stats = internal("services.cloudwatch._calc_stats")
    ranked = sorted(groups, key=lambda group: stats(groups[group]).get(by, 0), reverse=query.descending)
    return {group: _series(groups[group], period, query.statistic, count) for group in ranked[: query.limit]}


def _tags(namespace: str, dimensions: Mapping[str, str]) -> dict[str, str]:
    """The tags of the function that a metric is about."""
    if namespace != "AWS/Lambda" or "FunctionName" not in dimensions:
        return {}
    function = internal("services.lambda_svc._functions").get(dimensions["FunctionName"]) or {}
    return dict(function.get("tags") or {})


def _compared(watch: Watch, count: int) -> Series:
    """The last `count` datapoints that the alarm compares."""
    shown = watch.queries[watch.shown]
    if shown.metric is not None or metrics_insights.is_query(shown.expression):
        return _read(shown, count)
    seen = {
        query.id: _row(_read(query, count))
        for query in watch.queries.values()
        if query.metric is not None or metrics_insights.is_query(query.expression)
    }
    end = np.array([(time.time() // watch.period + 1) * watch.period])
    found = compared(watch, seen, end, watch.period, count)[0]
    return [
        None if missing else value for value, missing in zip(found.tolist(), np.isnan(found), strict=True)
    ]


def _row(values: Series) -> NDArray[np.float64]:
    return np.array([values], dtype=np.float64)  # which makes NaN of None


def _band(watch: Watch, past: Series) -> Band | None:
    expression = watch.queries[str(watch.band)].expression
    found = band_of(parse(expression))
    if found is None:
        raise ExpressionError(f"{expression!r} is no ANOMALY_DETECTION_BAND(metric, width).")
    return recent_band(_row(past)[0], found[1])


def _has_few_samples(query: Query) -> bool:
    """Whether a percentile of the newest period means nothing yet."""
    least = parse_statistic(query.statistic).least_samples if query.metric else 0
    (samples,) = _series(_points(query), query.period, "SampleCount", 1) if least else (None,)
    return samples is not None and 0 < samples < least


def _read(query: Query, count: int) -> Series:
    """The last `count` datapoints of a metric or a Metrics Insights query."""
    if query.metric is not None:
        return _series(_points(query), query.period, query.statistic, count)
    period = query.period or _SHORTEST_QUERY_PERIOD
    return select(metrics_insights.parse(query.expression), period, count).get((), [None] * count)


def _points(query: Query) -> Sequence[dict[str, Any]]:
    if query.metric is None:
        return ()
    metric = query.metric
    key = (metric.namespace, metric.name, internal("services.cloudwatch._dims_key")(dict(metric.dimensions)))
    points = internal("services.cloudwatch._metrics").get(key) or ()
    return [point for point in points if point["Unit"] == query.unit] if query.unit else points


def _series(points: Sequence[dict[str, Any]], period: int, statistic: str, count: int) -> Series:
    """In periods aligned to the clock, the current one last."""
    first = int(time.time() // period) - count + 1
    oldest = first * period
    buckets: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for point in points:
        if (moment := point["Timestamp"]) >= oldest and (index := int(moment // period) - first) < count:
            buckets[index].append(point)
    stats, value = internal("services.cloudwatch._calc_stats"), internal("services.cloudwatch._stat_value")
    return [value(stats(bucket), statistic, bucket) if bucket else None for bucket in buckets]
