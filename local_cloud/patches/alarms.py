"""Metric alarms look at their own metric, or metric math, and go to the state that `alarm_evaluation` says.

Both the newest, still growing period and complete ones count, so that an alarm rings seconds after its metric came.
"""

import json
import logging
import re
import statistics
import threading
import time
from typing import Any

from local_cloud import alarm_evaluation, metric_math
from local_cloud.alarm_evaluation import EXTRA_DATAPOINTS, Band
from local_cloud.hooks import internal, replace
from local_cloud.metric_math import Series

_LOG = logging.getLogger("local_cloud.alarms")
_BAND = re.compile(r"ANOMALY_DETECTION_BAND\(\s*(?P<metric>\w+)\s*(?:,\s*(?P<width>[\d.]+)\s*)?\)")
_HISTORY = 120
_ENOUGH_HISTORY = 3
_evaluating = threading.Lock()


def install() -> None:
    replace("services.cloudwatch._evaluate_alarm", lambda _: evaluate)


def evaluate(alarm: dict[str, Any]) -> None:
    """Look at one alarm, and let its actions and the composites above it follow when its state changes.

    One look at a time: whoever comes while another thread looks leaves it to the next tick.
    """
    if _evaluating.acquire(blocking=False):
        try:
            _evaluate(alarm)
        finally:
            _evaluating.release()


def _evaluate(alarm: dict[str, Any]) -> None:
    try:
        datapoints, bands = _datapoints(alarm)
    except metric_math.UnsupportedExpressionError as error:
        if alarm.get("StateReason") != str(error):
            _LOG.error("alarm %s: %s", alarm["AlarmName"], error)
            alarm["StateReason"] = str(error)
        return
    before = alarm["StateValue"]
    after = alarm_evaluation.evaluate(_as_declared(alarm), datapoints, before, bands=bands)
    if after == before:
        return
    reason = _reason(alarm, datapoints, bands)
    alarm |= {
        "StateValue": after,
        "StateReason": reason,
        "StateReasonData": json.dumps({"version": "1.0", "recentDatapoints": datapoints}),
        "StateUpdatedTimestamp": time.time(),
        "StateTransitionedTimestamp": time.time(),
    }
    internal("services.cloudwatch._record_history")(alarm["AlarmName"], before, after, reason)
    internal("services.cloudwatch._dispatch_alarm_actions")(alarm, before, after, reason)
    internal("services.cloudwatch._evaluate_parent_alarms")(alarm)


def _as_declared(alarm: dict[str, Any]) -> dict[str, Any]:
    """Alarms on DynamoDB's metrics ignore missing data, whatever is declared."""
    return {**alarm, "TreatMissingData": "ignore"} if alarm.get("Namespace") == "AWS/DynamoDB" else alarm


def _reason(alarm: dict[str, Any], datapoints: Series, bands: list[Band | None] | None) -> str:
    periods = int(alarm["EvaluationPeriods"])
    recent = [v for v in datapoints if v is not None][-periods:]
    limit = f"the band {bands[-1]}" if bands else f"the threshold ({alarm.get('Threshold')})"
    if not recent:
        return f"Insufficient Data: {periods} datapoint{'s were' if periods > 1 else ' was'} unknown."
    return f"Threshold Crossed: the last datapoints {recent} were compared by {alarm['ComparisonOperator']} to {limit}."


def _datapoints(alarm: dict[str, Any]) -> tuple[Series, list[Band | None] | None]:
    count = int(alarm["EvaluationPeriods"]) + EXTRA_DATAPOINTS
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


def _compute(query_id: str, queries: dict[str, Any], series: dict[str, Series], span: int) -> None:
    query = queries[query_id]
    if query_id in series or _BAND.fullmatch(query.get("Expression") or ""):
        return
    if stat := query.get("MetricStat"):
        series[query_id] = _metric(stat["Metric"], int(stat["Period"]), stat["Stat"], span)
        return
    for name in re.findall(r"\b[a-z]\w*\b", query["Expression"]):
        if name in queries and name != query_id:
            _compute(name, queries, series, span)
    visible = series
    if "METRICS(" in query["Expression"]:  # which stands for metrics, never for other expressions
        visible = {key: values for key, values in series.items() if "MetricStat" in queries[key]}
    series[query_id] = metric_math.compute(query["Expression"], visible, span)


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


def _metric(metric: dict[str, Any], period: int, statistic: str, count: int) -> Series:
    """The last `count` datapoints of a metric, in periods aligned to the clock, the current one last."""
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or []}
    key = (metric["Namespace"], metric["MetricName"], internal("services.cloudwatch._dims_key")(dimensions))
    newest = int(time.time() // period)
    buckets: dict[int, list[dict[str, Any]]] = {}
    for point in internal("services.cloudwatch._metrics").get(key) or []:
        buckets.setdefault(int(point["Timestamp"] // period), []).append(point)
    return [_statistic(buckets.get(index), statistic) for index in range(newest - count + 1, newest + 1)]


def _statistic(points: list[dict[str, Any]] | None, statistic: str) -> float | None:
    if not points:
        return None
    stats = internal("services.cloudwatch._calc_stats")(points)
    value: float | None = internal("services.cloudwatch._stat_value")(stats, statistic, points)
    return value
