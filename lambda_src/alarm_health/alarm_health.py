"""Publishes the state of an alarm as 1 or 0, at each change and once a minute."""  # noqa: INP001 - a handler's folder

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3

__all__ = ["Decision", "State", "handler", "value_of"]

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

HEALTHY, UNHEALTHY = 1, 0
_STATES = {"OK": HEALTHY, "ALARM": UNHEALTHY}
_INSUFFICIENT_DATA = {"HEALTHY": HEALTHY, "UNHEALTHY": UNHEALTHY}
_CHANGE = "CloudWatch Alarm State Change"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Which alarm decides, and under which name that is published.

    Attributes:
        alarm: the alarm's name.
        namespace: the namespace of the metric.
        metric: its name.
        name: the value of its dimension ``HealthCheck``.
        insufficient_data: ``HEALTHY``, ``UNHEALTHY``, or ``LAST_KNOWN_STATUS``: then nothing is published.
    """

    alarm: str
    namespace: str
    metric: str
    name: str
    insufficient_data: str

    @classmethod
    def from_environment(cls) -> "Decision":
        """What the environment variables ``HEALTH_...`` say."""
        return cls(
            alarm=os.environ["HEALTH_ALARM"],
            namespace=os.environ["HEALTH_NAMESPACE"],
            metric=os.environ["HEALTH_METRIC"],
            name=os.environ["HEALTH_NAME"],
            insufficient_data=os.environ["HEALTH_INSUFFICIENT_DATA"],
        )


@dataclass(frozen=True, order=True)
class State:
    """A state of the alarm.

    Attributes:
        since: when it began.
        name: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
    """

    since: datetime
    name: str


def handler(event: Mapping[str, Any], _context: object) -> dict[str, int | None]:
    """Publish the state, however the function was called: by the clock or by a change of state."""
    return {"healthy": publish(boto3.client("cloudwatch"), Decision.from_environment(), event)}


def publish(client: Any, decision: Decision, event: Mapping[str, Any]) -> int | None:
    """Publish the newest state that is known, and return its value; None for nothing."""
    # An event may come late or twice, and what CloudWatch answers may lag behind the event: the newer one is true.
    known = [_described(client, decision.alarm), _changed(event)]
    state = max((each for each in known if each), key=lambda each: each.since)
    value = value_of(state.name, decision.insufficient_data)
    logger.info("The alarm %s is %s since %s: %s", decision.alarm, state.name, state.since, value)
    if value is None:
        return None
    client.put_metric_data(
        Namespace=decision.namespace,
        MetricData=[
            {
                "MetricName": decision.metric,
                "Dimensions": [{"Name": "HealthCheck", "Value": decision.name}],
                "Value": value,
            }
        ],
    )
    return value


def value_of(state: str, insufficient_data: str) -> int | None:
    """1 where the alarm is silent, 0 where it rings; None where the last value should stand."""
    return _STATES[state] if state in _STATES else _INSUFFICIENT_DATA.get(insufficient_data)


def _described(client: Any, alarm: str) -> State:
    answer = client.describe_alarms(AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    if not found:
        raise LookupError(f"There is no alarm {alarm!r} in this Region, or it may not be read.")
    return State(found[0]["StateUpdatedTimestamp"], found[0]["StateValue"])


def _changed(event: Mapping[str, Any]) -> State | None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    if event.get("detail-type") != _CHANGE:
        return None
    state = event["detail"]["state"]
    return State(datetime.fromisoformat(state["timestamp"]), state["value"])
