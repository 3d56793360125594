"""What an alarm does when its state changes: topics it may publish to, functions, an event, and a history of it all.

Actions that a mute rule or a suppressor withholds are made up for when that ends, for the state the alarm is in then.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

import json
import logging
import time
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, fleet_alarms, mute_rules, scope, suppression, topic_access
from local_cloud.patches.alarm_messages import Change
from local_cloud.patches.contributors import Contributor

_LOG = logging.getLogger("local_cloud.alarm_actions")
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_NOT_EXECUTED = "is not executed here"
_withheld: dict[tuple[str, str, str], str] = {}
"""Alarms with actions to make up for, and the state that they left last."""


def install() -> None:
    replace("services.cloudwatch._dispatch_alarm_actions", lambda _: _act)


def act_for_contributor(alarm: dict[str, Any], contributor: Contributor, before: str, after: str) -> None:
    """The event and the actions for one series of an alarm that watches several."""
    change = Change(alarm, before, after, contributor.reason, scope.moment(), contributor)
    history = {"oldState": {"stateValue": before}, "newState": {"stateValue": after}}
    summary = f"Alarm contributor updated from {before} to {after}"
    _record(change, "StateUpdate", summary, history)
    detail = change.detail()
    if muted := mute_rules.muting(alarm["AlarmName"]):
        detail["muteDetail"] = muted.detail()
    _put_event("CloudWatch Alarm Contributor State Change", alarm, detail)
    if muted:
        _withheld.setdefault(scope.key(alarm["AlarmName"]), alarm["StateValue"])
    elif alarm.get("ActionsEnabled", True):
        _perform(change)


def release() -> None:
    """Make up for withheld actions whose reason has ended."""
    suppression.look()
    for (account, region, name), before in list(_withheld.items()):
        with scope.scoped(account, region):
            alarm = _find(name)
            if alarm is not None and _withheld_by(alarm):
                continue
            del _withheld[account, region, name]
            if alarm is None or not alarm.get("ActionsEnabled", True):
                continue
            moment = scope.moment()
            _perform(Change(alarm, before, alarm["StateValue"], alarm["StateReason"], moment))
            for contributor in fleet_alarms.in_alarm(alarm):
                _perform(Change(alarm, "OK", "ALARM", contributor.reason, moment, contributor))


def _act(alarm: dict[str, Any], before: str, after: str, reason: str) -> None:
    change = Change(alarm, before, after, reason, scope.moment())
    suppression.changed(alarm)
    why = _withheld_by(alarm)
    detail = change.detail()
    if by := suppression.suppressed_by(alarm):
        detail["state"]["actionsSuppressedBy"] = by
    if muted := mute_rules.muting(alarm["AlarmName"]):
        detail["muteDetail"] = muted.detail()
    _put_event("CloudWatch Alarm State Change", alarm, detail)
    if not alarm.get("ActionsEnabled", True):
        return
    key = scope.key(alarm["AlarmName"])
    if not why:
        _withheld.pop(key, None)
        _perform(change)
        return
    _withheld[key] = before
    for action in alarm.get(_ACTIONS[after]) or []:
        _record_action(change, action, "Suppressed", why)


def _withheld_by(alarm: dict[str, Any]) -> str | None:
    """Why the actions of an alarm are withheld at the moment; None when they are not."""
    if muted := mute_rules.muting(alarm["AlarmName"]):
        return f"muted by {muted.rule.arn}"
    return suppression.reason(alarm)


def _perform(change: Change) -> None:
    for action in change.alarm.get(_ACTIONS[change.after]) or []:
        error = _execute(change, action)
        if error and error.endswith(_NOT_EXECUTED):
            _record_action(change, action, "NotExecuted", error)
        else:
            _record_action(change, action, "Failed" if error else "Succeeded", error)


def _execute(change: Change, action: str) -> str | None:
    """The error text, or None."""
    service = action.split(":")[2] if action.startswith("arn:") else ""
    try:
        if service == "sns":
            source = change.alarm["AlarmArn"]
            if refused := topic_access.refusal(action, service="cloudwatch.amazonaws.com", source=source):
                return refused
            deliveries.send(action, json.dumps(change.message()), subject=change.subject)
        elif service == "lambda":
            deliveries.invoke_function(action, change.function_event())
        else:
            return f"an action of {service or 'this kind'} {_NOT_EXECUTED}"
    except deliveries.DeliveryError as error:
        return str(error)
    return None


def _find(name: str) -> dict[str, Any] | None:
    stores = (internal("services.cloudwatch._alarms"), internal("services.cloudwatch._composite_alarms"))
    return next((store[name] for store in stores if name in store), None)


def _put_event(detail_type: str, alarm: dict[str, Any], detail: dict[str, Any]) -> None:
    deliveries.put_event(
        source="aws.cloudwatch", detail_type=detail_type, detail=detail, resources=[alarm["AlarmArn"]]
    )


def _record_action(change: Change, action: str, outcome: str, error: str | None) -> None:
    summaries = {
        "Succeeded": f"Successfully executed action {action}",
        "Failed": f'Failed to execute action {action}. Received error: "{error}"',
        "Suppressed": f"Suppressed action {action}: {error}",
        "NotExecuted": f"Not executed: {action}: {error}",
    }
    if outcome == "Failed":
        _LOG.warning("alarm %s: %s", change.alarm["AlarmName"], summaries[outcome])
    data = {"actionState": outcome, "notificationResource": action, "error": error}
    _record(change, "Action", summaries[outcome], data)


def _record(change: Change, kind: str, summary: str, data: dict[str, Any]) -> None:
    entry = {
        "AlarmName": change.alarm["AlarmName"],
        "AlarmType": "CompositeAlarm" if "AlarmRule" in change.alarm else "MetricAlarm",
        "Timestamp": internal("services.cloudwatch._ts_iso")(time.time()),
        "HistoryItemType": kind,
        "HistorySummary": summary,
        "HistoryData": json.dumps(data),
    }
    if contributor := change.contributor:
        entry |= {
            "HistoryItemType": f"AlarmContributor{kind}",
            "AlarmContributorId": contributor.identifier,
            "AlarmContributorAttributes": contributor.attributes,
        }
    internal("services.cloudwatch._history_entries")().append(entry)
