"""Whether an alarm is on a resource, and what it watches in the words of incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from constructs_lib.replay.watches import MetricKey, Query, Watch
from constructs_lib.review.coverage.insights import Selection
from constructs_lib.review.coverage.mode import SIGN_OF_LIFE
from constructs_lib.review.coverage.subject import Subject, qualified, resolved
from constructs_lib.review.coverage.watcher import ONLY, Watcher
from constructs_lib.review.knowledge.metrics import CATALOGUE
from constructs_lib.review.reading.alarms import Alarm, Metric
from constructs_lib.review.reading.data import at, items_of, text_of

__all__ = ["Match", "match_of", "match_of_sign"]

_ADD_UP: Final = ("Sum", "Maximum", "SampleCount")
"""Statistics of all resources together that rise as soon as one of them fails."""
_LAMBDA: Final = "AWS/Lambda"


@dataclass(frozen=True, kw_only=True)
class Match:
    """An alarm on metrics of a resource.

    Attributes:
        alarm: the alarm.
        watch: what it watches, as an incident calls it; None where that cannot be replayed.
        unknown: whether that is because something is known only at deployment.
        why: what keeps it from being replayed, or from watching what fails.
    """

    alarm: Alarm
    watch: Watch | None
    unknown: bool = False
    why: str = ""


def match_of(
    watcher: Watcher, subject: Subject, part: str | None, metrics: Sequence[tuple[str, str]]
) -> Match | None:
    ours: dict[str, MetricKey] = {}
    selected: dict[str, Selection] = {}
    elsewhere, open_ = "", False
    for metric in watcher.alarm.metrics:
        id_ = metric.id or ONLY
        if id_ in watcher.queries:
            selection = watcher.queries[id_]
            if (selection.namespace, selection.metric) not in metrics:
                continue
            chosen = _chosen(selection, watcher, subject)
            open_ = open_ or chosen is None
            if chosen:
                ours[id_], selected[id_] = _selected_key(selection, subject), selection
        elif id_ in watcher.dimensions:
            key, problem, unknown = _key(watcher, metric, id_, subject, part)
            if key is not None:
                ours[id_] = key
            elif any(
                metric.namespace == namespace and metric.name in (name, None) for namespace, name in metrics
            ):
                elsewhere, open_ = elsewhere or problem, open_ or unknown
    relevant = [each for each in ours.values() if (each.namespace, each.name) in metrics]
    if not relevant:
        return (
            Match(alarm=watcher.alarm, watch=None, unknown=open_, why=elsewhere)
            if open_ or elsewhere
            else None
        )
    if watcher.watch is None:
        unknown = not watcher.figures_known
        return Match(alarm=watcher.alarm, watch=None, unknown=unknown, why=watcher.why)
    return Match(alarm=watcher.alarm, watch=_as_incidents_call_it(watcher.watch, ours, selected))


def _key(
    watcher: Watcher, metric: Metric, id_: str, subject: Subject, part: str | None
) -> tuple[MetricKey | None, str, bool]:
    """A metric as incidents call it; else why it shows nothing of the part, and whether that is not known."""
    dimensions = watcher.dimensions[id_]
    if metric.namespace is None or dimensions is None:
        return None, "", True
    stack = watcher.alarm.node.stack
    ours = not dimensions and metric.namespace == _LAMBDA
    elsewhere, unknown, found = "", False, []
    for name, value in dimensions:
        role = subject.role(value)
        if name in subject.dimensions and role is None:
            return None, "", not resolved(stack, value)
        ours = ours or role is not None
        if name == subject.part_dimension and part is not None:
            means = subject.parts[part]
            if (role or value) in means:
                role = subject.part_value
            elif not means or not resolved(stack, value):
                unknown = True
            else:
                elsewhere = f"it watches {_shown(name, role or value)}, and not {part}"
        found.append((name, role or value))
    if not ours:
        return None, "", False
    if elsewhere or unknown or metric.name is None:
        return None, elsewhere, not elsewhere
    if wrong := _wrong_unit(metric):
        return None, wrong, False
    return MetricKey(namespace=metric.namespace, name=metric.name, dimensions=tuple(found)), "", False


def _wrong_unit(metric: Metric) -> str:
    """Why a metric has no data in the unit that is asked for; empty where it may have.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    service = CATALOGUE.get(metric.namespace or "")
    published = service.metrics.get(metric.name or "") if service else None
    if published is None or published.unit is None or metric.unit in (None, published.unit):
        return ""
    return f"it asks for {metric.name} in {metric.unit}, which comes in {published.unit}"


def _shown(name: str, text: str) -> str:
    """A part as people call it."""
    return f"{name} {text.partition(':')[2] or '$LATEST'}" if name == "Resource" else f"{name} {text}"


def _chosen(selection: Selection, watcher: Watcher, subject: Subject) -> bool | None:
    """Whether a query chooses a resource; None where that is not known."""
    if not selection.groups and selection.statistic not in _ADD_UP:
        return False
    if set(selection.dimensions) - {*subject.dimensions, subject.part_dimension}:
        return False
    held = [_holds(each, watcher, subject) for each in selection.conditions]
    return False if False in held else None if None in held else True


def _holds(condition: tuple[bool, str, bool, str], watcher: Watcher, subject: Subject) -> bool | None:
    """Whether a condition of a query is true of a resource."""
    tag, key, equal, value = condition
    if tag:
        tags = {text_of(at(each, "Key")): at(each, "Value") for each in items_of(subject.node.value("Tags"))}
        known = key in tags or subject.node.known("Tags")
        return (tags.get(key) == value) == equal if known else None
    if key not in subject.dimensions:
        return None
    stack = watcher.alarm.node.stack
    text = qualified(stack, value)
    same = subject.role(text) == subject.dimensions[key]
    return same == equal if same or resolved(stack, text) else None


def _selected_key(selection: Selection, subject: Subject) -> MetricKey:
    known = {**subject.dimensions, subject.part_dimension: subject.part_value}
    names = selection.dimensions or tuple(subject.dimensions)
    return MetricKey(
        namespace=selection.namespace,
        name=selection.metric,
        dimensions=tuple(sorted((name, known[name]) for name in names)),
    )


def _as_incidents_call_it(
    watch: Watch, ours: Mapping[str, MetricKey], selected: Mapping[str, Selection]
) -> Watch:
    queries = {}
    for id_, query in watch.queries.items():
        if id_ in selected:
            statistic = selected[id_].statistic
            queries[id_] = Query(
                id=id_, metric=ours[id_], statistic=statistic, period=query.period or watch.period
            )
        elif query.metric is None:
            queries[id_] = query
        else:
            metric = ours.get(id_) or replace(query.metric, dimensions=(("", "another"),))
            queries[id_] = replace(query, metric=metric, unit="", account="")
    return replace(watch, queries=queries)


def match_of_sign(watcher: Watcher, subject: Subject) -> Match | None:
    """An alarm on what a resource publishes of its own, where its environment names that; None for others."""
    if watcher.watch is None:
        return None
    # A high value is well where too little rings, or else a low one.
    which = "High" if watcher.watch.operator.startswith("LessThan") else "Low"
    sign = MetricKey(namespace=SIGN_OF_LIFE[0], name=f"{SIGN_OF_LIFE[1]}{which}", dimensions=())
    named = {
        id_: sign
        for id_, metric in watcher.own.items()
        if all(
            text in subject.environment
            for text in (metric.namespace, *(value for _, value in metric.dimensions))
        )
    }
    if not named:
        return None
    return Match(alarm=watcher.alarm, watch=_as_incidents_call_it(watcher.watch, named, {}))
