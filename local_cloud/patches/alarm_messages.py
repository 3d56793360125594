"""What an alarm tells: the message to a topic, the event of a function, the event on the bus.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
"""

import json
from dataclasses import dataclass
from typing import Any

from local_cloud.patches import scope
from local_cloud.patches.contributors import Contributor

_CONFIGURATION = (
    "AlarmName", "AlarmDescription", "ActionsEnabled", "OKActions", "AlarmActions", "InsufficientDataActions",
)  # fmt: skip
_TRIGGER = (
    "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "Period", "EvaluationPeriods",
    "DatapointsToAlarm", "ComparisonOperator", "Threshold", "ThresholdMetricId", "TreatMissingData", "Metrics",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A change of state, of an alarm or of one of its contributors."""

    alarm: dict[str, Any]
    before: str
    after: str
    reason: str
    moment: str
    contributor: Contributor | None = None

    @property
    def subject(self) -> str:
        return f'{self.after}: "{self.alarm["AlarmName"]}" in {scope.region()}'[:100]

    def message(self) -> dict[str, Any]:
        """What a topic gets."""
        alarm = self.alarm
        message = {key: alarm.get(key) for key in _CONFIGURATION if key in alarm} | {
            "AWSAccountId": scope.account(),
            "NewStateValue": self.after,
            "NewStateReason": self.reason,
            "StateChangeTime": self.moment,
            "Region": scope.region(),
            "AlarmArn": alarm["AlarmArn"],
            "OldStateValue": self.before,
        }
        if self.contributor:
            message["AlarmContributorId"] = self.contributor.identifier
            message["AlarmContributorAttributes"] = self.contributor.attributes
        if "AlarmRule" in alarm:
            return {**message, "AlarmRule": alarm["AlarmRule"], "TriggeringChildren": _triggering(alarm)}
        dimensions = [{"name": d["Name"], "value": d["Value"]} for d in alarm.get("Dimensions") or []]
        trigger = {key: alarm[key] for key in _TRIGGER if alarm.get(key) is not None}
        return {**message, "Trigger": {**trigger, "Dimensions": dimensions}}

    def function_event(self) -> dict[str, Any]:
        """What a function gets."""
        return {
            "source": "aws.cloudwatch",
            "alarmArn": self.alarm["AlarmArn"],
            "accountId": scope.account(),
            "time": self.moment,
            "region": scope.region(),
            "alarmData": self.detail(),
        }

    def detail(self) -> dict[str, Any]:
        """What the event on the bus says."""
        state = {"value": self.after, "reason": self.reason, "timestamp": self.moment}
        detail: dict[str, Any] = {
            "alarmName": self.alarm["AlarmName"],
            "state": state,
            "configuration": _configuration(self.alarm),
        }
        if self.contributor:
            identity = {"id": self.contributor.identifier, "attributes": self.contributor.attributes}
            return {**detail, "alarmContributor": identity}
        return {**detail, "previousState": {"value": self.before}}


def _configuration(alarm: dict[str, Any]) -> dict[str, Any]:
    configuration = {"description": alarm.get("AlarmDescription", "")}
    if "AlarmRule" not in alarm:
        return configuration
    configuration["alarmRule"] = alarm["AlarmRule"]
    names = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    given = {name[0].lower() + name[1:]: alarm[name] for name in names if name in alarm}
    return {**configuration, **given}


def _triggering(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    children = json.loads(alarm.get("StateReasonData") or "{}").get("triggeringAlarms", [])
    return [
        {"Arn": child["arn"], "State": {key.title(): value for key, value in child["state"].items()}}
        for child in children
    ]
