"""Thresholds of alarms, on the graphs that show what the alarms watch."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from constructs_lib.checks import is_token
from constructs_lib.dashboards.alarms import ShownAlarm
from constructs_lib.dashboards.graph import Section
from constructs_lib.dashboards.panel import Expression, Metric, Panel

__all__ = ["draw_thresholds"]

_COLOUR = "#d62728"
_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "<=",
    "LessThanThreshold": "<",
}
# A sum, a number of samples and a value of one sample have different scales; both of the first two grow with the
# period.
_ADDITIVE = ("Sum", "SampleCount")
_SPANS = ((3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, kw_only=True)
class _Watched:
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


def draw_thresholds(
    panels: Sequence[Panel], alarms: Sequence[ShownAlarm], resolved: Mapping[str, Any]
) -> list[ShownAlarm]:
    """Add to each of `panels` a line for each of `alarms` that watches what the panel shows.

    Args:
        panels: graphs.
        alarms: alarms, in the order of ``resolved["alarms"]``.
        resolved: what the tokens come to: of the alarms' properties, and of the identities of the metrics of all
            panels, in order, under ``metrics``.

    Returns:
        the alarms on metrics of which none found a graph.
    """
    identities = iter(resolved["metrics"])
    known = [(panel, [_key(next(identities)) for _ in panel.metrics]) for panel in panels]
    left = []
    for alarm, properties in zip(alarms, resolved["alarms"], strict=True):
        watched = _watched_by(properties)
        drawn = []
        if watched is not None:
            drawn = [_draw(panel, keys, alarm, watched) for panel, keys in known if _may_show(panel, alarm)]
        if properties and not any(drawn):
            left.append(alarm)
    return left


def _may_show(panel: Panel, alarm: ShownAlarm) -> bool:
    return alarm.region == panel.place.region and panel.graph.section is not Section.COST


def _draw(panel: Panel, keys: list[str], alarm: ShownAlarm, watched: _Watched) -> bool:
    find = _line if watched.expression is None else _expression
    found = find(panel, keys, watched)
    if found is None:
        return False
    threshold = alarm.properties["threshold"]
    figure = "" if is_token(threshold) else f" {watched.sign} {_figure(threshold)}"
    drawn = {
        "value": threshold,
        "label": f"{alarm.label}{figure}{_span(watched.period)}",
        "color": _COLOUR,
        "yAxis": found.axis,
    }
    if drawn not in panel.thresholds:
        panel.thresholds.append(drawn)
    return True


def _line(panel: Panel, keys: list[str], watched: _Watched) -> Metric | None:
    ((wanted, statistic),) = watched.operands.values()
    found: Metric | None = None
    for metric, key in zip(panel.metrics, keys, strict=True):
        if metric.visible and key == wanted and _family(metric.statistic) == _family(statistic):
            found = found or metric
            if _family(statistic) and watched.period not in (None, panel.graph.period):
                metric.period = metric.period or watched.period  # what the alarm compares, or it says little
    return found


def _expression(panel: Panel, keys: list[str], watched: _Watched) -> Expression | None:
    """The expression of `panel` that is the same rate, from now on computed as the first such alarm computes it."""
    known = [(key, metric.statistic) for metric, key in zip(panel.metrics, keys, strict=True)]
    for expression in panel.expressions:
        drawn = {
            query_id: next(key for key, metric in zip(known, panel.metrics, strict=True) if metric is operand)
            for query_id, operand in expression.operands.items()
        }
        if _rate(str(watched.expression), watched.operands) == _rate(expression.text, drawn):
            if not expression.watched:
                _follow(
                    panel,
                    keys,
                    expression,
                    watched,
                    {key: expression.operands[name] for name, key in drawn.items()},
                )
            return expression
    return None


def _follow(
    panel: Panel,
    keys: list[str],
    expression: Expression,
    watched: _Watched,
    operands: Mapping[tuple[str, str], Metric],
) -> None:
    """Compute `expression` of `panel` over the period, and with the guard for low traffic, of what is watched."""
    period = None if watched.period == panel.graph.period else watched.period
    own = {}
    for query_id, operand in watched.operands.items():
        metric = operands[operand]
        if metric.visible:  # the line itself may have to follow the period of another alarm
            metric.query_id = None
            metric = replace(metric, visible=False, axis="left")
            panel.metrics.append(metric)
            keys.append(operand[0])
        metric.query_id, metric.period = query_id, period
        own[query_id] = metric
    expression.text, expression.operands, expression.watched = str(watched.expression), own, True
    expression.label = watched.label or expression.label


def _rate(expression: str, operands: Mapping[str, tuple[str, str]]) -> str:
    """What an expression computes where there is traffic: without its guard, and by metrics in place of ids."""
    text = re.sub(r"FILL\((\w+),0\)", r"\1", re.sub(r"\s+", "", expression))
    guarded = re.fullmatch(r"IF\([^,]+,([^,]+),0\)", text)
    return re.sub(
        r"\b[a-z]\w*", lambda name: str(operands.get(name[0], name[0])), guarded[1] if guarded else text
    )


def _watched_by(properties: Mapping[str, Any]) -> _Watched | None:
    try:
        return _watched(properties)
    except (AttributeError, KeyError, TypeError):  # an intrinsic function in place of a text or a list
        return None


def _watched(properties: Mapping[str, Any]) -> _Watched | None:
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
    return _Watched(
        sign=sign,
        operands={
            query_id: (_key(_identity(stat["metric"])), stat["stat"]) for query_id, stat in stats.items()
        },
        expression=answer["expression"],
        label=label,
        period=periods.pop() if len(periods) == 1 else None,
    )


def _one(sign: str, metric: Mapping[str, Any], label: str | None, period: object, statistic: str) -> _Watched:
    return _Watched(
        sign=sign,
        operands={"": (_key(_identity(metric)), statistic)},
        expression=None,
        label=label,
        period=_seconds(period),
    )


def _seconds(period: object) -> int | None:
    return int(period) if isinstance(period, int | float) else None


def _family(statistic: str) -> str:
    return statistic if statistic in _ADDITIVE else ""


def _identity(metric: Mapping[str, Any]) -> dict[str, object]:
    dimensions = sorted(metric.get("dimensions") or [], key=lambda dimension: str(dimension["name"]))
    names = [dimension["name"] for dimension in dimensions]
    return {
        "metric": [metric["namespace"], metric["metricName"], *names],
        "of": [dimension["value"] for dimension in dimensions],
    }


def _key(identity: object) -> str:
    return json.dumps(identity, sort_keys=True)


def _figure(threshold: float) -> str:
    return f"{threshold:,.0f}" if threshold == int(threshold) else f"{threshold:g}"


def _span(period: int | None) -> str:
    if period is None:
        return ""
    seconds, unit = next((length, unit) for length, unit in _SPANS if period % length == 0)
    return f" in {period / seconds:g} {unit}"
