"""What an alarm compares with its threshold, from its properties."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Watched", "key_of", "watched_by"]

_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What an alarm compares with its threshold.

    Attributes:
        sign: how it compares.
        operands: id to identity, statistic of the metrics that it reads.
        expression: the math over them; None where it watches one metric as it is.
        label: what the alarm calls the result.
        period: seconds; None when unknown.
    """

    sign: str
    operands: Mapping[str, tuple[str, str]]
    expression: str | None
    label: str | None
    period: int | None


def watched_by(properties: Mapping[str, Any]) -> Watched | None:
    """What an alarm with these resolved properties watches, where a graph here could show it."""
    try:
        return _watched(properties)
    except (AttributeError, KeyError, TypeError):  # an intrinsic function in place of a text or a list
        return None


def _watched(properties: Mapping[str, Any]) -> Watched | None:
    """What an alarm watches; None for a band, a composite, and more math than a graph here could show."""
    sign = _SIGNS.get(properties.get("comparisonOperator", ""))
    if sign is None or "threshold" not in properties or "thresholdMetricId" in properties:
        return None
    if "metrics" not in properties:
        statistic = str(properties.get("statistic") or properties.get("extendedStatistic"))
        return _one(sign, properties, None, properties.get("period"), statistic)
    queries = properties["metrics"]
    returned = [query for query in queries if query.get("returnData", True)]
    if len(returned) != 1:
        return None
    stats = {query["id"]: query["metricStat"] for query in queries if "metricStat" in query}
    answer, label = returned[0], returned[0].get("label")
    if answer["id"] in stats:
        stat = stats[answer["id"]]
        return _one(sign, stat["metric"], label, stat["period"], stat["stat"])
    if len(stats) != len(queries) - 1 or not isinstance(answer.get("expression"), str):
        return None
    periods = {_seconds(stat["period"]) for stat in stats.values()}
    return Watched(
        sign=sign,
        operands={
            query_id: (key_of(_identity(stat["metric"])), stat["stat"]) for query_id, stat in stats.items()
        },
        expression=answer["expression"],
        label=label,
        period=periods.pop() if len(periods) == 1 else None,
    )


def _one(sign: str, metric: Mapping[str, Any], label: str | None, period: object, statistic: str) -> Watched:
    return Watched(
        sign=sign,
        operands={"": (key_of(_identity(metric)), statistic)},
        expression=None,
        label=label,
        period=_seconds(period),
    )


def _seconds(period: object) -> int | None:
    return int(period) if isinstance(period, int | float) else None


def _identity(metric: Mapping[str, Any]) -> dict[str, object]:
    dimensions = sorted(metric.get("dimensions") or [], key=lambda dimension: str(dimension["name"]))
    names = [dimension["name"] for dimension in dimensions]
    return {
        "metric": [metric["namespace"], metric["metricName"], *names],
        "of": [dimension["value"] for dimension in dimensions],
    }


def key_of(identity: object) -> str:
    """A text that two metrics share only if they are the same."""
    return json.dumps(identity, sort_keys=True)
