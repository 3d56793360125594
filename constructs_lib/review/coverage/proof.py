"""Replays an alarm over an incident: whether it rings, how soon, and how far its metric goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

import numpy as np

from constructs_lib.replay import outcomes
from constructs_lib.replay.alarms import Actions, MetricAlarm
from constructs_lib.replay.bands import stand_in
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS
from constructs_lib.replay.expressions.errors import ExpressionError
from constructs_lib.replay.metric_states import follow
from constructs_lib.replay.statistics import StatisticError
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.watches import MetricKey, Query, Watch
from constructs_lib.review.coverage.incidents import played

__all__ = ["Proof", "WatchKey", "key_of", "prove"]

WatchKey = tuple[tuple[tuple[str, Query], ...], tuple[Any, ...]]
"""What an alarm watches, so that alarms that watch alike are one."""
_LEADS: Final = (180, 1_500, 5_760, 11_520)
"""Minutes of normal traffic before an incident: the fewest in which an alarm gets to know it."""
_ADDED_UP: Final = "AWS/Lambda"
"""The namespace that publishes its metrics over all resources, too, without a dimension.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html"""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What an incident shows of an alarm.

    Attributes:
        seconds: from the beginning of the incident until it rings; None where it does not.
        always: whether it rings in normal traffic.
        farthest: the value nearest to ringing that it compared in the incident; None where it saw none.
        problem: why it could not be replayed; empty where it was.
    """

    seconds: int | None = None
    always: bool = False
    farthest: float | None = None
    problem: str = ""


def key_of(watch: Watch) -> WatchKey:
    """The key of what an alarm watches."""
    rest = tuple(getattr(watch, each.name) for each in fields(Watch) if each.name != "queries")
    return tuple(watch.queries.items()), rest


@lru_cache(maxsize=16_384)
def prove(
    incident: str, metrics: tuple[tuple[str, str], ...], facts: tuple[tuple[str, float], ...], key: WatchKey
) -> Proof:
    """Replay an alarm over an incident.

    Args:
        incident: its name.
        metrics: those of the failure mode.
        facts: what the incident needs to know of the resource.
        key: what the alarm watches, its dimensions with the names that the incident has.
    """
    alarm = _alarm(key)
    window = (alarm.periods + EXTRA_DATAPOINTS) * alarm.period
    lead = next((each for each in _LEADS if 60 * each >= window + 3_600), _LEADS[-1])
    timeline = played(incident, metrics, facts, lead)
    start, end = timeline.start.timestamp(), timeline.end.timestamp()
    found = _by_metric(timeline.series)
    try:
        seen = follow(alarm, lambda metric, _: found.get(metric, ()), stand_in, start, end)
    except (ExpressionError, StatisticError, RecursionError) as error:
        return Proof(problem=" ".join(str(error).split()))
    begin = start + 60 * lead
    rings = seen.states == outcomes.ALARM
    during = seen.moments > begin
    known = ~during & (seen.moments >= min(start + window, begin - 3_600))
    values = seen.values[during]
    values = values[~np.isnan(values)]
    low = alarm.operator.startswith("LessThan")
    return Proof(
        seconds=int(seen.moments[rings & during][0] - begin) if (rings & during).any() else None,
        # What normal is to a band is what it was trained on: nothing here.
        always=alarm.band is None and bool((rings & known).any()),
        farthest=float(values.min() if low else values.max()) if len(values) else None,
    )


def _alarm(key: WatchKey) -> MetricAlarm:
    queries, rest = key
    names = [each.name for each in fields(Watch) if each.name != "queries"]
    return MetricAlarm(
        id="",
        path="",
        scope="",
        stack="",
        name="",
        description="",
        actions=Actions(enabled=False, by_state={}),
        queries=dict(queries),
        **dict(zip(names, rest, strict=True)),
    )


def _by_metric(series: Sequence[MetricSeries]) -> Mapping[MetricKey, list[MetricSeries]]:
    found: dict[MetricKey, list[MetricSeries]] = {}
    for each in series:
        dimensions = tuple(each.dimensions.items())
        found[MetricKey(namespace=each.namespace, name=each.name, dimensions=dimensions)] = [each]
        if each.namespace == _ADDED_UP:
            found.setdefault(MetricKey(namespace=each.namespace, name=each.name, dimensions=()), [each])
    return found
