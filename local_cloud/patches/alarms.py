"""Metric alarms look at their data and go to the state that `constructs_lib.replay.evaluation` says.

An alarm rings seconds after its metric came, as the newest, still growing period counts, too.
"""

import json
import logging
import threading
import time
from typing import Any

from constructs_lib.replay import evaluation
from constructs_lib.replay.evaluation import Band
from local_cloud import metric_math, metrics_insights
from local_cloud.hooks import internal, replace
from local_cloud.metric_math import Series
from local_cloud.patches import alarm_actions, alarm_data, fleet_alarms
from local_cloud.patches.fleet_alarms import Look

_LOG = logging.getLogger("local_cloud.alarms")
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
        found = fleet_alarms.look(alarm) if fleet_alarms.is_fleet(alarm) else _look(alarm)
    except (metric_math.UnsupportedExpressionError, metrics_insights.QueryError) as error:
        if alarm.get("StateReason") != str(error):
            _LOG.error("alarm %s: %s", alarm["AlarmName"], error)
            alarm["StateReason"] = str(error)
        return
    _move(alarm, found)
    for contributor, before, after in found.changed:
        alarm_actions.act_for_contributor(alarm, contributor, before, after)


def _move(alarm: dict[str, Any], found: Look) -> None:
    before = alarm["StateValue"]
    if found.state == before:
        return
    alarm |= {
        "StateValue": found.state,
        "StateReason": found.reason,
        "StateReasonData": found.data,
        "StateUpdatedTimestamp": time.time(),
        "StateTransitionedTimestamp": time.time(),
    }
    internal("services.cloudwatch._record_history")(alarm["AlarmName"], before, found.state, found.reason)
    internal("services.cloudwatch._dispatch_alarm_actions")(alarm, before, found.state, found.reason)
    internal("services.cloudwatch._evaluate_parent_alarms")(alarm)


def _look(alarm: dict[str, Any]) -> Look:
    datapoints, bands = alarm_data.datapoints(alarm)
    state = evaluation.evaluate(_as_declared(alarm), datapoints, alarm["StateValue"], bands=bands)
    data = json.dumps({"version": "1.0", "recentDatapoints": datapoints})
    return Look(state, _reason(alarm, datapoints, bands), data)


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
