"""The function that publishes an alarm's state as 1 or 0."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from tests.failover.parts import load_handler

alarm_health = load_handler("alarm_health")
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
ENVIRONMENT = {
    "HEALTH_ALARM": "Decider",
    "HEALTH_NAMESPACE": "constructs_lib/Failover",
    "HEALTH_METRIC": "Healthy",
    "HEALTH_NAME": "Stack/Check",
    "HEALTH_INSUFFICIENT_DATA": "LAST_KNOWN_STATUS",
}


@dataclass
class CloudWatch:
    """An alarm, and what was published."""

    state: str = "OK"
    since: datetime = NOON
    kind: str = "MetricAlarms"
    published: list[dict[str, Any]] = field(default_factory=list)

    def describe_alarms(self, *, AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        assert AlarmNames == ["Decider"]
        assert AlarmTypes == ["MetricAlarm", "CompositeAlarm"]
        if not self.kind:
            return {"MetricAlarms": [], "CompositeAlarms": []}
        return {self.kind: [{"StateValue": self.state, "StateUpdatedTimestamp": self.since}]}

    def put_metric_data(self, **request: Any) -> None:
        self.published.append(request)

    @property
    def values(self) -> list[int]:
        return [each["MetricData"][0]["Value"] for each in self.published]


def call(
    cloud: CloudWatch,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any] | None = None,
    **environment: str,
) -> Any:
    for name, value in (ENVIRONMENT | environment).items():
        monkeypatch.setenv(name, value)
    with mock.patch("boto3.client", return_value=cloud):
        return alarm_health.handler(event or {}, None)


def change(state: str, when: datetime) -> dict[str, Any]:
    """The event that CloudWatch sends."""
    stamp = when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
    return {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"alarmName": "Decider", "state": {"value": state, "timestamp": stamp}},
    }


@pytest.mark.parametrize(("state", "value"), [("OK", 1), ("ALARM", 0)])
@pytest.mark.parametrize("kind", ["MetricAlarms", "CompositeAlarms"])
def test_the_state_is_published_every_minute(
    state: str, value: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = CloudWatch(state=state, kind=kind)

    assert call(cloud, monkeypatch) == {"healthy": value}
    assert cloud.published == [
        {
            "Namespace": "constructs_lib/Failover",
            "MetricData": [
                {
                    "MetricName": "Healthy",
                    "Dimensions": [{"Name": "HealthCheck", "Value": "Stack/Check"}],
                    "Value": value,
                }
            ],
        }
    ]


def test_an_event_is_believed_where_cloudwatch_still_answers_with_the_past(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = CloudWatch(state="OK", since=NOON)
    call(cloud, monkeypatch, change("ALARM", NOON + timedelta(seconds=1)))

    assert cloud.values == [0]


def test_an_event_that_comes_late_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = CloudWatch(state="OK", since=NOON)
    call(cloud, monkeypatch, change("ALARM", NOON - timedelta(minutes=1)))

    assert cloud.values == [1]


def test_events_in_the_wrong_order_end_in_the_newest_state(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = CloudWatch(state="OK", since=NOON + timedelta(seconds=2))
    call(cloud, monkeypatch, change("OK", NOON + timedelta(seconds=2)))
    call(cloud, monkeypatch, change("ALARM", NOON))

    assert cloud.values == [1, 1]


@pytest.mark.parametrize(
    ("status", "values"), [("LAST_KNOWN_STATUS", []), ("HEALTHY", [1]), ("UNHEALTHY", [0])]
)
def test_too_little_data_means_what_was_said(
    status: str, values: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = CloudWatch(state="INSUFFICIENT_DATA")
    call(cloud, monkeypatch, HEALTH_INSUFFICIENT_DATA=status)

    assert cloud.values == values


def test_fails_loudly_where_the_alarm_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = CloudWatch(kind="")
    with pytest.raises(LookupError, match="There is no alarm 'Decider'"):
        call(cloud, monkeypatch)
    assert cloud.published == []
