"""Thresholds of alarms, on the graphs that show what the alarms watch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from constructs_lib.checks import is_token
from constructs_lib.dashboards.alarms import ShownAlarm
from constructs_lib.dashboards.graph import Section
from constructs_lib.dashboards.panel import Expression, Metric, Panel
from constructs_lib.dashboards.watched import Watched, key_of, watched_by

__all__ = ["draw_thresholds"]

_COLOUR = "#d62728"
# A sum, a number of samples and a value of one sample have different scales; both of the first two grow with the
# period.
_ADDITIVE = ("Sum", "SampleCount")
_SPANS = ((3600, "h"), (60, "min"), (1, "s"))


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
    known = [(panel, [key_of(next(identities)) for _ in panel.metrics]) for panel in panels]
    left = []
    for alarm, properties in zip(alarms, resolved["alarms"], strict=True):
        watched = watched_by(properties)
        drawn = []
        if watched is not None:
            drawn = [_draw(panel, keys, alarm, watched) for panel, keys in known if _may_show(panel, alarm)]
        if properties and not any(drawn):
            left.append(alarm)
    return left


def _may_show(panel: Panel, alarm: ShownAlarm) -> bool:
    return alarm.region == panel.place.region and panel.graph.section is not Section.COST


def _draw(panel: Panel, keys: list[str], alarm: ShownAlarm, watched: Watched) -> bool:
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


def _line(panel: Panel, keys: list[str], watched: Watched) -> Metric | None:
    ((wanted, statistic),) = watched.operands.values()
    found: Metric | None = None
    for metric, key in zip(panel.metrics, keys, strict=True):
        if metric.visible and key == wanted and _family(metric.statistic) == _family(statistic):
            found = found or metric
            if _family(statistic) and watched.period not in (None, panel.graph.period):
                metric.period = metric.period or watched.period  # what the alarm compares, or it says little
    return found


def _expression(panel: Panel, keys: list[str], watched: Watched) -> Expression | None:
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
    watched: Watched,
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


def _family(statistic: str) -> str:
    return statistic if statistic in _ADDITIVE else ""


def _figure(threshold: float) -> str:
    return f"{threshold:,.0f}" if threshold == int(threshold) else f"{threshold:g}"


def _span(period: int | None) -> str:
    if period is None:
        return ""
    seconds, unit = next((length, unit) for length, unit in _SPANS if period % length == 0)
    return f" in {period / seconds:g} {unit}"
