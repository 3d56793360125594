"""What `aws cloudwatch get-metric-data` and `get-metric-statistics` print, as timelines.

Results of one metric with several statistics become one series. The query file tells which metric and statistic
a result is; results of expressions are left out, since a replay computes them itself. Without it:

- A label written `Namespace|Name|Dimensions` tells the metric.
- Any other label, or the Id where there is none, is taken for the metric's name, in whatever namespace.
- The values stand for any statistic: each is taken for one sample.
- The period is the longest at which all timestamps of the result begin one.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.files.checked import part
from constructs_lib.replay.timelines.files.documents import Points
from constructs_lib.replay.timelines.files.exported import Exported, exported_series
from constructs_lib.replay.timelines.files.queries import (
    Query,
    queries_of,
    query_of_label,
    statistics_query_of,
)
from constructs_lib.replay.timelines.moments import epoch_of
from constructs_lib.replay.timelines.packing import pack
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["metric_data_timeline", "metric_statistics_timeline"]

_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_FAILED = frozenset({"InternalError", "Forbidden"})


def metric_data_timeline(pages: list[Any], queries: Path | None) -> Timeline:
    """The timeline of the pages of one get-metric-data, in order.

    Raises:
        TimelineError: they cannot be read, or are not all there.
    """
    known = None if queries is None else _told(queries_of, queries)
    exported: dict[str, Exported] = {}
    for number, page in enumerate(pages):
        place = f"page {number + 1}: " if len(pages) > 1 else ""
        if not isinstance(page, dict):
            raise TimelineError(f"{place}is {shown(page)}. Give what get-metric-data prints.")
        for index, result in enumerate(part(page, "MetricDataResults", list)):
            try:
                _add(exported, result, known)
            except TimelineError as error:
                raise error.at(f"{place}MetricDataResults[{index}]") from None
    if pages[-1].get("NextToken"):
        raise TimelineError(
            "stops in the middle: it has a NextToken. Add the next page, or export without --max-items."
        )
    return _timeline(exported.values())


def metric_statistics_timeline(found: dict[str, Any], query: Path | None) -> Timeline:
    """The timeline of one get-metric-statistics.

    Raises:
        TimelineError: it cannot be read.
    """
    of = query_of_label(part(found, "Label", str)) if query is None else _told(statistics_query_of, query)
    values: dict[str, dict[int, float]] = {}
    for index, point in enumerate(part(found, "Datapoints", list)):
        try:
            _add_point(values, point)
        except TimelineError as error:
            raise error.at(f"Datapoints[{index}]") from None
    if not values:
        raise TimelineError("has no data point. Export a time in which the metric has some.")
    exported = Exported(of)
    for statistic, numbers in values.items():
        times = np.array(list(numbers), dtype=np.int64)
        exported.add(statistic, Points(times, pack(list(numbers.values())).sum))
    return _timeline([exported])


def _told(read: Any, path: Path) -> Any:
    try:
        return read(path)
    except TimelineError as error:
        raise error.at(f"queries {path}") from None


def _add(exported: dict[str, Exported], result: object, known: Mapping[str, Query | None] | None) -> None:
    if not isinstance(result, dict):
        raise TimelineError(f"is {shown(result)}. Give what get-metric-data prints.")
    metric_id = part(result, "Id", str, "")
    points = result.get("Values")
    if isinstance(points, TimelineError):
        raise points
    if not isinstance(points, Points):
        raise TimelineError("has no Timestamps and Values. Give what get-metric-data prints.")
    if (status := part(result, "StatusCode", str, "Complete")) in _FAILED:
        raise TimelineError(f"{shown(metric_id)} has the status {status}. Export it again.")
    label = part(result, "Label", str, "") or metric_id
    if known is None:
        query: Query | None = query_of_label(label)
    elif metric_id in known:
        query = known[metric_id]
    else:
        raise TimelineError(f"the queries have no Id {shown(metric_id)}. Give the queries of this export.")
    if query is not None and len(points.times):
        if not query.name:
            raise TimelineError("has neither Id nor Label. Give what get-metric-data prints.")
        exported.setdefault(metric_id or label, Exported(query)).add(query.statistic, points)


def _add_point(values: dict[str, dict[int, float]], point: object) -> None:
    if not isinstance(point, dict):
        raise TimelineError(f"is {shown(point)}. Give what get-metric-statistics prints.")
    extended = part(point, "ExtendedStatistics", dict, {})
    told = {name: point[name] for name in _STATISTICS if name in point} | extended
    if not told:
        raise TimelineError("has no statistic. Export it with --statistics or --extended-statistics.")
    time = epoch_of(point.get("Timestamp"))
    for name, value in told.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TimelineError(f"{shown(name)} is {shown(value)}. Give a number.")
        values.setdefault(name, {})[time] = value


def _timeline(exported: Iterable[Exported]) -> Timeline:
    """One series for each metric, period and account, of all its statistics."""
    by_metric: dict[object, list[Exported]] = {}
    for each in exported:
        by_metric.setdefault(each.key, []).append(each)
    return Timeline.of(exported_series(same) for same in by_metric.values())
