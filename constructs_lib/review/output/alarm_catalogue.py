"""Every alarm in words: what it watches, when it rings, what missing data means to it, who is told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.receivers import told_by
from constructs_lib.review.output.words import length
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.alarms import Alarm, Metric, alarms_of

__all__ = ["CatalogueEntry", "catalogue_of"]

_ANY: Final = re.compile(r"[(\s]*ALARM\([^()]*\)[)\s]*(?:OR[(\s]*ALARM\([^()]*\)[)\s]*)*")
_FIRING: Final = "firing"
_SIGNS: Final = {
    "GreaterThanOrEqualToThreshold": "\N{GREATER-THAN OR EQUAL TO}",
    "GreaterThanThreshold": ">",
    "LessThanOrEqualToThreshold": "\N{LESS-THAN OR EQUAL TO}",
    "LessThanThreshold": "<",
    "GreaterThanUpperThreshold": "above the band",
    "LessThanLowerThreshold": "below the band",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside of the band",
}
_MISSING: Final = {
    "missing": "no data: no answer",
    "notBreaching": "counts as fine",
    "breaching": "counts as bad",
    "ignore": "keeps its state",
}
_UNKNOWN: Final = "known at deployment"


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """An alarm in words.

    Attributes:
        logical_id: the resource.
        path: of its construct.
        kind: such as ``metric``, ``anomaly`` or ``composite``.
        watches: what it looks at.
        rings: when it rings.
        missing: what missing data means to it; empty for a composite.
        told: who is told, or what is done; a line each.
        silent: why nobody is told; empty where somebody is.
        cannot_ring: the anchor of the error that says why it never rings; None without one.
    """

    logical_id: str
    path: str
    kind: str
    watches: str
    rings: str
    missing: str
    told: Sequence[str]
    silent: str
    cannot_ring: str | None


def catalogue_of(
    stack: StackReading, findings: Mapping[str, Sequence[tuple[Finding, str]]]
) -> list[CatalogueEntry]:
    """The alarms of a stack.

    Args:
        stack: whose alarms they are.
        findings: logical ids to findings, each with its anchor.
    """
    alarms = alarms_of(stack)
    parents: dict[Node, list[str]] = {}
    for each in alarms:
        for child in each.children():
            parents.setdefault(child, []).append(each.node.path)
    return [_entry(each, parents.get(each.node, ()), findings.get(each.node.id, ())) for each in alarms]


def _entry(alarm: Alarm, parents: Sequence[str], findings: Sequence[tuple[Finding, str]]) -> CatalogueEntry:
    told = told_by(alarm.actions(), alarm.node.stack)
    told += [f"the composite alarm {each}" for each in parents]
    return CatalogueEntry(
        logical_id=alarm.node.id,
        path=alarm.node.path,
        kind=_kind(alarm),
        watches=_watched(alarm),
        rings=_condition(alarm),
        missing="" if alarm.composite else _MISSING.get(alarm.missing or "", alarm.missing or _UNKNOWN),
        told=told,
        silent=_silence(alarm, told),
        cannot_ring=next(
            (
                anchor
                for finding, anchor in findings
                if finding.family == _FIRING and finding.severity is Severity.ERROR
            ),
            None,
        ),
    )


def _silence(alarm: Alarm, told: Sequence[str]) -> str:
    if alarm.actions_enabled is False:
        return "its actions are off"
    return "" if told else "it has no action"


def _kind(alarm: Alarm) -> str:
    if alarm.composite:
        return "composite"
    if alarm.threshold_metric_id is not None:
        return "anomaly"
    return "metric math" if len(alarm.metrics) > 1 else "metric"


def _watched(alarm: Alarm) -> str:
    if alarm.composite:
        return _rule(alarm)
    if len(alarm.metrics) == 1:
        return _metric(alarm.metrics[0], alarm)
    expressions = [each for each in alarm.metrics if each.expression is not None]
    shown = [
        f"{each.id} = {each.expression}" for each in sorted(expressions, key=lambda each: not each.returns)
    ]
    return "; ".join([*shown, *(f"{each.id} = {_metric(each, alarm)}" for each in alarm.read)])


def _rule(alarm: Alarm) -> str:
    """The rule of a composite, with paths for references."""
    if alarm.rule is None:
        return f"a rule {_UNKNOWN}"
    children = alarm.children()
    if _is_any(alarm):
        return ", ".join(each.path for each in children)
    rule = alarm.rule
    for child in children:
        rule = rule.replace(f"${{{child.id}}}", child.path).replace(f"${{{child.id}.Arn}}", child.path)
    return rule


def _is_any(alarm: Alarm) -> bool:
    """Whether a composite rings when any of its children does."""
    rule = alarm.rule or ""
    return _ANY.fullmatch(rule) is not None and len(alarm.children()) == rule.count("ALARM(")


def _metric(metric: Metric, alarm: Alarm) -> str:
    """Such as ``Sum of Errors of CreateOrder (AWS/Lambda)``."""
    if metric.expression is not None:
        return metric.expression
    name = f"{metric.statistic or 'a statistic'} of {metric.name or 'a metric'}"
    if metric.dimensions is None:
        of = f" of what is {_UNKNOWN}"
    else:
        stack = alarm.node.stack
        named = [(key, value, stack.find(value)) for key, value in metric.dimensions.items()]
        # The dimensions FunctionName and Resource of an alias's metrics name one function.
        values = dict.fromkeys(node.path if node else f"{key} {value}" for key, value, node in named)
        of = f" of {', '.join(values)}" if values else ""
    return f"{name}{of} ({metric.namespace or _UNKNOWN})"


def _condition(alarm: Alarm) -> str:
    if alarm.composite:
        return "any of them rings" if _is_any(alarm) else "the rule holds"
    sign = _SIGNS.get(alarm.operator or "", alarm.operator or _UNKNOWN)
    limit = "" if alarm.threshold_metric_id else f" {_figure(alarm.threshold)}"
    period = max((each.period for each in alarm.metrics if each.period), default=None)
    periods = f"{_figure(alarm.datapoints)} of {_figure(alarm.periods)}"
    return f"{sign}{limit} in {periods} periods of {_UNKNOWN if period is None else length(period)}"


def _figure(number: float | None) -> str:
    return "?" if number is None else f"{number:,g}"
