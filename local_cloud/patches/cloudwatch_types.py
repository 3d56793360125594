"""CloudWatch's resource types that MiniStack refuses: alarms on metric math, composite alarms, anomaly detectors.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudWatch.html
"""

import time
from collections.abc import Callable
from typing import Any

from local_cloud import metrics_insights
from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.patches.resource_types import (
    Created,
    Properties,
    answered,
    generated_name,
    is_true,
    register,
)

_NUMBERS: dict[str, Callable[[Any], float]] = {
    "DatapointsToAlarm": int,
    "EvaluationPeriods": int,
    "Period": int,
    "Threshold": float,
}
_TEXTS = (
    "AlarmDescription", "ComparisonOperator", "EvaluateLowSampleCountPercentile", "ExtendedStatistic", "MetricName",
    "Namespace", "Statistic", "ThresholdMetricId", "Unit",
)  # fmt: skip
_ACTIONS = ("AlarmActions", "InsufficientDataActions", "OKActions")
_STATE = (
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "StateValue",
)


def install() -> None:
    replace("services.cloudformation.provisioners._cw_metric_alarm_record", lambda _: metric_alarm)
    register("AWS::CloudWatch::CompositeAlarm", _CompositeAlarm())


def metric_alarm(name: str, properties: Properties) -> dict[str, Any]:
    """What DescribeAlarms says of a declared alarm; one that exists keeps the state it is in."""
    if not properties.get("Metrics") and not (properties.get("MetricName") and properties.get("Namespace")):
        raise ValueError("AWS::CloudWatch::Alarm needs MetricName and Namespace, or Metrics")
    if properties.get("Threshold") is None and not properties.get("ThresholdMetricId"):
        raise ValueError("AWS::CloudWatch::Alarm needs Threshold or ThresholdMetricId")
    _check_queries(properties.get("Metrics") or [])
    alarm: dict[str, Any] = {
        "AlarmName": name,
        "AlarmArn": scope.arn("cloudwatch", f"alarm:{name}"),
        "ActionsEnabled": is_true(properties.get("ActionsEnabled", True)),
        "AlarmConfigurationUpdatedTimestamp": time.time(),
        "Dimensions": properties.get("Dimensions") or [],
        "TreatMissingData": properties.get("TreatMissingData") or "missing",
        **{key: [str(action) for action in properties.get(key) or []] for key in _ACTIONS},
        **{key: str(properties[key]) for key in _TEXTS if properties.get(key)},
        **{key: kind(properties[key]) for key, kind in _NUMBERS.items() if properties.get(key) is not None},
    }
    if properties.get("Metrics"):
        alarm["Metrics"] = [_query(query) for query in properties["Metrics"]]
    new = {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": time.time(),
    }
    existing = internal("services.cloudwatch._alarms").get(name)
    return alarm | ({key: existing[key] for key in _STATE if key in existing} if existing else new)


def _check_queries(queries: list[Properties]) -> None:
    """A Metrics Insights query must be valid, and one with several series must say in which order they count."""
    for declared in queries:
        expression = declared.get("Expression") or ""
        if metrics_insights.is_query(expression):
            query = metrics_insights.parse(expression)
            if query.group_by and not query.order_by:
                raise ValueError(f"an alarm on a query with GROUP BY needs ORDER BY: {expression}")


def _query(declared: Properties) -> dict[str, Any]:
    query = {**declared, "ReturnData": is_true(declared.get("ReturnData", True))}
    if stat := declared.get("MetricStat"):
        query["MetricStat"] = {**stat, "Period": int(stat["Period"])}
    if declared.get("Period"):
        query["Period"] = int(declared["Period"])
    return query


class _CompositeAlarm:
    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        return self._put(properties.get("AlarmName") or generated_name(stack, logical_id, 255), properties)

    def update(self, ref: str, _old: Properties, new: Properties, _stack: str) -> Created:
        return self._put(ref, new)

    def delete(self, ref: str, _properties: Properties) -> None:
        internal("services.cloudwatch._composite_alarms").pop(ref, None)

    def _put(self, name: str, properties: Properties) -> Created:
        enabled = is_true(properties.get("ActionsEnabled", True))
        tags = properties.get("Tags") or []
        request = {**properties, "AlarmName": name, "ActionsEnabled": enabled, "Tags": tags}
        put = internal("services.cloudwatch._put_composite_alarm")
        answered(put({}, request, is_cbor=False, is_json=True))
        alarm = internal("services.cloudwatch._composite_alarms")[name]
        return name, {"Arn": alarm["AlarmArn"]}
