"""Alarms on a Metrics Insights query with GROUP BY: every series is a contributor with a state of its own.

The alarm is in ALARM while any contributor is. A contributor is in ALARM or OK, as it exists only where data is; one
that is gone counts as recovered. Only a query that returns no series at all leads to the treatment of missing data.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.replay import evaluation
from constructs_lib.replay.evaluation import State
from local_cloud import metrics_insights
from local_cloud.patches import alarm_data, scope
from local_cloud.patches.alarm_data import Series
from local_cloud.patches.contributors import Contributor

_MOST_IN_ALARM = 100
_TREATMENTS = {"breaching": "Breaching", "notBreaching": "NonBreaching", "ignore": "Ignore"}


@dataclass
class Look:
    """What one look at a fleet found."""

    state: State
    reason: str
    data: str
    changed: list[tuple[Contributor, str, str]] = field(default_factory=list)
    """Contributors that changed their state: before and after."""


_contributors: dict[tuple[str, str, str], dict[tuple[str, ...], Contributor]] = {}


def is_fleet(alarm: dict[str, Any]) -> bool:
    """Whether the alarm watches several series.

    Raises:
        metrics_insights.QueryError: its query cannot be read.
    """
    queries = alarm.get("Metrics") or []
    expression = queries[0].get("Expression") or "" if len(queries) == 1 else ""
    return metrics_insights.is_query(expression) and bool(metrics_insights.parse(expression).group_by)


def look(alarm: dict[str, Any]) -> Look:
    """Look at every contributor, and from them at the alarm."""
    declared = alarm["Metrics"][0]
    query = metrics_insights.parse(declared["Expression"])
    series = alarm_data.select(query, int(declared.get("Period") or 60), alarm_data.range_length(alarm))
    known = _contributors.setdefault(scope.key(alarm["AlarmName"]), {})
    changed = list(_changes(alarm, query.group_by, series, known))
    data = json.dumps({"version": "1.0", "queryDate": scope.moment()})
    if not series:
        return Look(*_without_series(alarm), data, changed)
    ringing = sum(contributor.state == "ALARM" for contributor in known.values())
    if ringing > _MOST_IN_ALARM:
        return Look("ALARM", f"{_MOST_IN_ALARM}+ time series evaluated to ALARM", data, changed)
    if ringing:
        reason = f"{ringing} out of {len(series)} time series evaluated to ALARM"
        return Look("ALARM", reason, data, changed)
    return Look("OK", f"{len(series)} time series evaluated to OK", data, changed)


def in_alarm(alarm: dict[str, Any]) -> list[Contributor]:
    """The contributors that are in ALARM now."""
    known = _contributors.get(scope.key(alarm["AlarmName"]), {})
    return [contributor for contributor in known.values() if contributor.state == "ALARM"]


def _changes(
    alarm: dict[str, Any],
    labels: tuple[str, ...],
    series: dict[tuple[str, ...], Series],
    known: dict[tuple[str, ...], Contributor],
) -> Iterator[tuple[Contributor, str, str]]:
    for group in [group for group in known if group not in series]:
        gone = known.pop(group)
        if gone.state == "ALARM":
            gone.move("OK", "No data was returned for this contributor.")
            yield gone, "ALARM", "OK"
    for group, points in series.items():
        if group not in known:
            identity = json.dumps([alarm["AlarmArn"], labels, group])
            name = hashlib.sha256(identity.encode()).hexdigest()[:16]
            known[group] = Contributor(name, dict(zip(labels, group, strict=True)))
        contributor = known[group]
        before = contributor.state
        after = evaluation.evaluate(alarm, points, before)
        if after != before:
            contributor.move(after, _reason(alarm, points))
            yield contributor, before, after


def _without_series(alarm: dict[str, Any]) -> tuple[State, str]:
    declared = alarm.get("TreatMissingData") or "missing"
    treatment = _TREATMENTS.get(declared, "Missing")
    state = evaluation.evaluate(alarm, [None] * alarm_data.range_length(alarm), alarm["StateValue"])
    reason = f"No time series were returned by the query. Treat missing data is configured as [{treatment}]."
    return state, reason


def _reason(alarm: dict[str, Any], points: Series) -> str:
    recent = [value for value in points if value is not None][-int(alarm["EvaluationPeriods"]) :]
    compared = f"compared by {alarm['ComparisonOperator']} to the threshold ({alarm['Threshold']})"
    return f"Threshold Crossed: the last datapoints {recent} were {compared}."
