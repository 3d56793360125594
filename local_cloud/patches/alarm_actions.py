"""What an alarm does when its state changes: topics it may publish to, functions, an event, and a history of it all.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, scope, topic_access

_LOG = logging.getLogger("local_cloud.alarm_actions")
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_CONFIGURATION = (
    "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
)  # fmt: skip
_TRIGGER = (
    "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "Period", "EvaluationPeriods",
    "DatapointsToAlarm", "ComparisonOperator", "Threshold", "ThresholdMetricId", "TreatMissingData", "Metrics",
)  # fmt: skip


def install() -> None:
    replace("services.cloudwatch._dispatch_alarm_actions", lambda _: _act)


def _act(alarm: dict[str, Any], before: str, after: str, reason: str) -> None:
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
    _put_event(alarm, before, after, reason, moment)
    if not alarm.get("ActionsEnabled", True):
        return
    message = _message(alarm, before, after, reason, moment)
    for action in alarm.get(_ACTIONS[after]) or []:
        if _suppressed(alarm):
            _record(alarm, action, "Suppressed", f"{alarm['ActionsSuppressor']} is in ALARM")
            continue
        error = _execute(alarm, action, message, f'{after}: "{alarm["AlarmName"]}" in {scope.region()}')
        _record(alarm, action, "Failed" if error else "Succeeded", error)


def _execute(alarm: dict[str, Any], action: str, message: dict[str, Any], subject: str) -> str | None:
    """The error text, or None."""
    service = action.split(":")[2] if action.startswith("arn:") else ""
    try:
        if service == "sns":
            source = alarm["AlarmArn"]
            if refused := topic_access.refusal(action, service="cloudwatch.amazonaws.com", source=source):
                return refused
            deliveries.send(action, json.dumps(message), subject=subject[:100])
        elif service == "lambda":
            deliveries.invoke_function(action, _function_event(alarm, message))
        else:
            return f"the local cloud does not execute {service or 'such'} actions"
    except deliveries.DeliveryError as error:
        return str(error)
    return None


def _suppressed(alarm: dict[str, Any]) -> bool:
    suppressor = str(alarm.get("ActionsSuppressor") or "").rpartition(":")[2]
    stores = (internal("services.cloudwatch._alarms"), internal("services.cloudwatch._composite_alarms"))
    return any((store.get(suppressor) or {}).get("StateValue") == "ALARM" for store in stores)


def _message(alarm: dict[str, Any], before: str, after: str, reason: str, moment: str) -> dict[str, Any]:
    message = {key: alarm.get(key) for key in _CONFIGURATION if key in alarm} | {
        "AWSAccountId": scope.account(),
        "NewStateValue": after,
        "NewStateReason": reason,
        "StateChangeTime": moment,
        "Region": scope.region(),
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": before,
    }
    if "AlarmRule" in alarm:
        children = json.loads(alarm.get("StateReasonData") or "{}").get("triggeringAlarms", [])
        triggering = [
            {"Arn": child["arn"], "State": {key.title(): value for key, value in child["state"].items()}}
            for child in children
        ]
        return {**message, "AlarmRule": alarm["AlarmRule"], "TriggeringChildren": triggering}
    dimensions = [{"name": d["Name"], "value": d["Value"]} for d in alarm.get("Dimensions") or []]
    trigger = {key: alarm[key] for key in _TRIGGER if alarm.get(key) is not None}
    return {**message, "Trigger": {**trigger, "Dimensions": dimensions}}


def _function_event(alarm: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    state = {
        "value": message["NewStateValue"],
        "reason": message["NewStateReason"],
        "timestamp": message["StateChangeTime"],
    }
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": scope.account(),
        "time": message["StateChangeTime"],
        "region": scope.region(),
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": state,
            "previousState": {"value": message["OldStateValue"]},
            "configuration": {"description": alarm.get("AlarmDescription", "")},
        },
    }


def _put_event(alarm: dict[str, Any], before: str, after: str, reason: str, moment: str) -> None:
    detail = {
        "alarmName": alarm["AlarmName"],
        "state": {"value": after, "reason": reason, "timestamp": moment},
        "previousState": {"value": before},
        "configuration": {"description": alarm.get("AlarmDescription", "")},
    }
    deliveries.put_event(
        source="aws.cloudwatch",
        detail_type="CloudWatch Alarm State Change",
        detail=detail,
        resources=[alarm["AlarmArn"]],
    )


def _record(alarm: dict[str, Any], action: str, outcome: str, error: str | None) -> None:
    summaries = {
        "Succeeded": f"Successfully executed action {action}",
        "Failed": f'Failed to execute action {action}. Received error: "{error}"',
        "Suppressed": f"Suppressed action {action}: {error}",
    }
    if outcome == "Failed":
        _LOG.warning("alarm %s: %s", alarm["AlarmName"], summaries[outcome])
    data = {"actionState": outcome, "notificationResource": action, "error": error}
    entry = {
        "AlarmName": alarm["AlarmName"],
        "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
        "Timestamp": internal("services.cloudwatch._ts_iso")(time.time()),
        "HistoryItemType": "Action",
        "HistorySummary": summaries[outcome],
        "HistoryData": json.dumps(data),
    }
    internal("services.cloudwatch._history_entries")().append(entry)
