"""The datapoints an alarm looks at: of a metric, of metric math, against an anomaly band, of a Metrics Insights query.

Both the newest, still growing period and complete ones count.
"""

import re
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, Band
from local_cloud import metric_math, metrics_insights
from local_cloud.hooks import internal
from local_cloud.metric_math import Series
from local_cloud.metrics_insights import Query

_BAND = re.compile(r"ANOMALY_DETECTION_BAND\(\s*(?P<metric>\w+)\s*(?:,\s*(?P<width>[\d.]+)\s*)?\)")
_HISTORY = 120
_ENOUGH_HISTORY = 3
_SHORTEST_QUERY_PERIOD = 60


def datapoints(alarm: Mapping[str, Any]) -> tuple[Series, list[Band | None] | None]:
    """The datapoints of the evaluation range, the oldest first, and the band of each for an anomaly alarm."""
    count = range_length(alarm)
    if not alarm.get("Metrics"):
        statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
        return _metric(alarm, int(alarm.get("Period") or 60), statistic, count), None
    queries = {query["Id"]: query for query in alarm["Metrics"]}
    threshold_id = alarm.get("ThresholdMetricId")
    span = count + (_HISTORY if threshold_id else 0)
    series: dict[str, Series] = {}
    for query_id in queries:
        _compute(query_id, queries, series, span)
    if threshold_id:
        return _against_band(queries[threshold_id]["Expression"], series, count)
    shown = [key for key, query in queries.items() if query.get("ReturnData", True)]
    return series[shown[0]], None


def range_length(alarm: Mapping[str, Any]) -> int:
    """How many datapoints the evaluation range has."""
    return int(alarm["EvaluationPeriods"]) + EXTRA_DATAPOINTS


def select(query: Query, period: int, count: int) -> dict[tuple[str, ...], Series]:
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
    ranked = sorted(groups, key=lambda group: _statistic(groups[group], by) or 0, reverse=query.descending)
    return {group: _series(groups[group], period, query.statistic, count) for group in ranked[: query.limit]}


def _tags(namespace: str, dimensions: Mapping[str, str]) -> dict[str, str]:
    """The tags of the function that a metric is about."""
    if namespace != "AWS/Lambda" or "FunctionName" not in dimensions:
        return {}
    function = internal("services.lambda_svc._functions").get(dimensions["FunctionName"]) or {}
    return dict(function.get("tags") or {})


def _compute(query_id: str, queries: dict[str, Any], series: dict[str, Series], span: int) -> None:
    query = queries[query_id]
    expression = query.get("Expression") or ""
    if query_id in series or _BAND.fullmatch(expression):
        return
    if stat := query.get("MetricStat"):
        series[query_id] = _metric(stat["Metric"], int(stat["Period"]), stat["Stat"], span)
        return
    if metrics_insights.is_query(expression):
        found = select(metrics_insights.parse(expression), int(query.get("Period") or 60), span)
        series[query_id] = found.get((), [None] * span)
        return
    for name in re.findall(r"\b[a-z]\w*\b", expression):
        if name in queries and name != query_id:
            _compute(name, queries, series, span)
    visible = series
    if "METRICS(" in expression:  # which stands for metrics, never for other expressions
        visible = {key: values for key, values in series.items() if "MetricStat" in queries[key]}
    series[query_id] = metric_math.compute(expression, visible, span)


def _against_band(expression: str, series: dict[str, Series], count: int) -> tuple[Series, list[Band | None]]:
    """A stand-in for CloudWatch's learned model: the mean of the metric's past, plus and minus `width` deviations."""
    match = _BAND.fullmatch(expression)
    if match is None:
        raise metric_math.UnsupportedExpressionError(
            f"{expression!r} is no ANOMALY_DETECTION_BAND(metric, width)"
        )
    values = series[match["metric"]]
    past = [value for value in values[:-count] if value is not None]
    band = None
    if len(past) >= _ENOUGH_HISTORY:
        middle, half = statistics.fmean(past), float(match["width"] or 2) * statistics.pstdev(past)
        band = (middle - half, middle + half)
    return values[-count:], [band] * count


def _metric(metric: Mapping[str, Any], period: int, statistic: str, count: int) -> Series:
    """The last `count` datapoints of a metric, in periods aligned to the clock, the current one last."""
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or []}
    key = (metric["Namespace"], metric["MetricName"], internal("services.cloudwatch._dims_key")(dimensions))
    return _series(internal("services.cloudwatch._metrics").get(key) or [], period, statistic, count)


def _series(points: Sequence[dict[str, Any]], period: int, statistic: str, count: int) -> Series:
    newest = int(time.time() // period)
    buckets: dict[int, list[dict[str, Any]]] = {}
    for point in points:
        buckets.setdefault(int(point["Timestamp"] // period), []).append(point)
    return [_statistic(buckets.get(index), statistic) for index in range(newest - count + 1, newest + 1)]


def _statistic(points: list[dict[str, Any]] | None, statistic: str) -> float | None:
    if not points:
        return None
    stats = internal("services.cloudwatch._calc_stats")(points)
    value: float | None = internal("services.cloudwatch._stat_value")(stats, statistic, points)
    return value
