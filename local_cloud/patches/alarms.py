"""Alarms look at their data, composites at their alarms, and go to the state that `constructs_lib.replay` says.

An alarm rings seconds after its metric came, as the newest, still growing period counts, too.
"""

import json
import logging
import threading
import time
from typing import Any

from constructs_lib.replay.evaluation import State
from constructs_lib.replay.expressions.rules import parse_rule
from local_cloud.hooks import internal, replace
from local_cloud.patches import alarm_actions, alarm_data, fleet_alarms, suppression
from local_cloud.patches.alarm_data import Sight
from local_cloud.patches.fleet_alarms import Look

_LOG = logging.getLogger("local_cloud.alarms")
_evaluating = threading.Lock()


def install() -> None:
    replace("services.cloudwatch._evaluate_alarm", lambda _: evaluate)
    replace("services.cloudwatch._composite_rule_state", lambda _: rule_state)


def evaluate(alarm: dict[str, Any]) -> None:
    """Look at one alarm, and let its actions and the composites above it follow when its state changes.

    One look at a time: whoever comes while another thread looks leaves it to the next tick.
    """
    if _evaluating.acquire(blocking=False):
        try:
            _evaluate(alarm)
        finally:
            _evaluating.release()


def rule_state(composite: dict[str, Any]) -> State:
    """The state that a composite goes to."""
    return "ALARM" if parse_rule(composite["AlarmRule"]).holds(suppression.state_of) else "OK"


def _evaluate(alarm: dict[str, Any]) -> None:
    try:
        found = fleet_alarms.look(alarm) if fleet_alarms.is_fleet(alarm) else _look(alarm)
    except (KeyError, ValueError) as error:
        problem = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        if alarm.get("StateReason") != problem:
            _LOG.error("alarm %s: %s", alarm["AlarmName"], problem)
            alarm["StateReason"] = problem
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
    sight = alarm_data.look(alarm, alarm["StateValue"])
    if sight.state == alarm["StateValue"]:
        return Look(sight.state, "", "")  # nobody asks why
    data = json.dumps({"version": "1.0", "recentDatapoints": sight.datapoints})
    return Look(sight.state, _reason(alarm, sight), data)


def _reason(alarm: dict[str, Any], sight: Sight) -> str:
    periods = int(alarm["EvaluationPeriods"])
    recent = [v for v in sight.datapoints if v is not None][-periods:]
    limit = f"the band {sight.bands[-1]}" if sight.bands else f"the threshold ({alarm.get('Threshold')})"
    if not recent:
        return f"Insufficient Data: {periods} datapoint{'s were' if periods > 1 else ' was'} unknown."
    return f"Threshold Crossed: the last datapoints {recent} were compared by {alarm['ComparisonOperator']} to {limit}."
