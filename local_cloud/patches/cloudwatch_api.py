"""CloudWatch's operations that MiniStack lacks: mute rules, contributors, and metric alarms on `Metrics`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import cloudwatch_types, fleet_alarms, mute_rules

Operation = Callable[[dict[str, Any]], dict[str, Any]]


class _RefusedError(Exception):
    """What is asked for is not there, or not valid."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install() -> None:
    replace("services.cloudwatch.handle_request", _with_operations)
    replace("services.cloudwatch._put_metric_alarm", _with_queries)


def _with_operations(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        name = headers.get("x-amz-target", "").rpartition(".")[2]
        if name not in _OPERATIONS:
            return await original(method, path, headers, body, query_params)
        try:
            answer = _OPERATIONS[name](json.loads(body) if body else {})
        except _RefusedError as error:
            return internal("services.cloudwatch._error")(error.code, str(error), 400, use_json=True)
        except (KeyError, ValueError) as error:
            return internal("services.cloudwatch._error")("ValidationError", str(error), 400, use_json=True)
        return internal("services.cloudwatch._json_ok")(answer)

    return handle


def _with_queries(original: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack drops `Metrics` and `ThresholdMetricId` of PutMetricAlarm."""

    def put(params: Any, data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:  # noqa: FBT001, FBT002 - MiniStack's signature
        if not data.get("Metrics"):
            return original(params, data, is_cbor, is_json)
        try:
            alarm = cloudwatch_types.metric_alarm(data["AlarmName"], data)
        except ValueError as error:
            return internal("services.cloudwatch._error")("ValidationError", str(error), 400, use_json=True)
        internal("services.cloudwatch._alarms")[data["AlarmName"]] = alarm
        internal("services.cloudwatch._evaluate_alarm")(alarm)
        return internal("services.cloudwatch._json_ok")({})

    return put


def _put_mute_rule(data: dict[str, Any]) -> dict[str, Any]:
    mute_rules.put(data["Name"], data)
    return {}


def _get_mute_rule(data: dict[str, Any]) -> dict[str, Any]:
    rule = mute_rules.find(data["AlarmMuteRuleName"])
    if rule is None:
        raise _RefusedError("ResourceNotFoundException", f"there is no mute rule {data['AlarmMuteRuleName']}")
    return rule.described()


def _delete_mute_rule(data: dict[str, Any]) -> dict[str, Any]:
    mute_rules.delete(data["AlarmMuteRuleName"])
    return {}


def _list_mute_rules(data: dict[str, Any]) -> dict[str, Any]:
    described = [rule.described() for rule in mute_rules.every()]
    alarm, statuses = data.get("AlarmName"), data.get("Statuses")
    return {
        "AlarmMuteRuleSummaries": [
            {key: value for key, value in rule.items() if key not in ("Name", "Rule", "MuteTargets")}
            for rule in described
            if (not alarm or alarm in rule["MuteTargets"]["AlarmNames"])
            and (not statuses or rule["Status"] in statuses)
        ]
    }


def _describe_contributors(data: dict[str, Any]) -> dict[str, Any]:
    alarm = internal("services.cloudwatch._alarms").get(data["AlarmName"])
    if alarm is None:
        raise _RefusedError("ResourceNotFoundException", f"there is no alarm {data['AlarmName']}")
    contributors = [
        {
            "ContributorId": contributor.identifier,
            "ContributorAttributes": contributor.attributes,
            "StateReason": contributor.reason,
            "StateTransitionedTimestamp": int(contributor.since or time.time()),
        }
        for contributor in fleet_alarms.in_alarm(alarm)
    ]
    return {"AlarmContributors": contributors}


_OPERATIONS: Mapping[str, Operation] = {
    "PutAlarmMuteRule": _put_mute_rule,
    "GetAlarmMuteRule": _get_mute_rule,
    "DeleteAlarmMuteRule": _delete_mute_rule,
    "ListAlarmMuteRules": _list_mute_rules,
    "DescribeAlarmContributors": _describe_contributors,
}
