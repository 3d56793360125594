"""What comes in, the alarm and the parameter, and what goes out, the metric and the notices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from failover_controller.model import Mode, Observation

__all__ = ["change_in", "publish", "read_alarm", "read_mode", "tell"]

_CHANGE: Final = "CloudWatch Alarm State Change"
_STATES: Final = {"OK": False, "ALARM": True}
_FRESH: Final = 120.0
_LONGEST_SUBJECT: Final = 100


@dataclass(frozen=True, order=True)
class Change:
    """A change of the alarm's state.

    Attributes:
        since: when, in seconds.
        state: to which.
    """

    since: float
    state: str


def change_in(event: Mapping[str, Any]) -> Change | None:
    """The change that `event` tells of."""
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    if event.get("detail-type") != _CHANGE:
        return None
    state = event["detail"]["state"]
    return Change(datetime.fromisoformat(state["timestamp"]).timestamp(), state["value"])


def read_alarm(client: Any, alarm: str, change: Change | None, now: float) -> Observation:
    """What `alarm` says, by CloudWatch or by an event that is newer than its answer.

    Too little data is no observation: it says nothing about the primary.
    """
    fresh = change if change is not None and now - change.since <= _FRESH else None
    try:
        known = _described(client, alarm)
    except Exception:
        if fresh is None:
            raise
        known = fresh
    return Observation(ringing=_STATES.get(max(known, fresh or known).state))


def read_mode(client: Any, parameter: str) -> Mode:
    """What people say.

    Raises:
        ValueError: the parameter says something else than a mode.
    """
    return Mode(client.get_parameter(Name=parameter)["Parameter"]["Value"].strip().lower())


def publish(client: Any, metric: Mapping[str, str], taken_over: bool) -> None:  # noqa: FBT001 - the value itself
    """Publish 1 or 0 as `metric`: its ``namespace``, ``name``, and the value of its dimension ``health_check``."""
    client.put_metric_data(
        Namespace=metric["namespace"],
        MetricData=[
            {
                "MetricName": metric["name"],
                "Dimensions": [{"Name": "HealthCheck", "Value": metric["health_check"]}],
                "Value": int(taken_over),
            }
        ],
    )


def tell(client: Any, topic: str, subject: str, text: str) -> None:
    """Tell those who listen to `topic`."""
    client.publish(TopicArn=topic, Subject=subject[:_LONGEST_SUBJECT], Message=text)


def _described(client: Any, alarm: str) -> Change:
    answer = client.describe_alarms(AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    if not found:
        raise LookupError(f"There is no alarm {alarm!r} in this Region, or it may not be read.")
    return Change(found[0]["StateUpdatedTimestamp"].timestamp(), found[0]["StateValue"])
