"""Actions that a suppressor or a mute rule withholds, and when they are made up for."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.alarming import (
    actions,
    custom,
    describe,
    is_in,
    notifications,
    notified,
    put_until,
    topic,
)
from tests.local_cloud.resources import ref, resource

SHORT, LONG = 3, 600


def _composite(wait: int, extension: int) -> dict[str, Any]:
    return resource(
        "CloudWatch::CompositeAlarm",
        depends_on=["Subscription"],
        AlarmRule={"Fn::Sub": 'ALARM("${Child}")'},
        ActionsSuppressor=ref("Suppressor"),
        ActionsSuppressorWaitPeriod=wait,
        ActionsSuppressorExtensionPeriod=extension,
        **notified(),
    )


class Suppressed:
    """A composite of one child, and its suppressor, both moved by data."""

    def __init__(self, cloud: LocalCloud, name: str, *, wait: int, extension: int) -> None:
        self.cloud = cloud
        self.metrics = {"Child": f"{name}-child", "Suppressor": f"{name}-suppressor"}
        resources = {
            **topic(),
            **{key: custom(metric) for key, metric in self.metrics.items()},
            "Composite": _composite(wait, extension),
        }
        names: dict[str, Any] = {key: ref(key) for key in (*self.metrics, "Composite", "Inbox")}
        self.stack = deploy(cloud, f"suppressed-{name}", resources, **names)

    def drive(self, alarm: str, state: str) -> None:
        put_until(self.cloud, self.stack[alarm], state, {self.metrics[alarm]: 1 if state == "ALARM" else 0})

    def composite_is(self, state: str) -> None:
        eventually(is_in(self.cloud, self.stack["Composite"], state), f"the composite in {state}")

    def suppressed_by(self, what: str | None) -> None:
        def look() -> bool:
            return describe(self.cloud, self.stack["Composite"]).get("ActionsSuppressedBy") == what

        eventually(look, f"suppression by {what}")

    def heard(self, seconds: int = 5) -> list[str]:
        found = notifications(self.cloud, self.stack["Inbox"], seconds)
        return [message["NewStateValue"] for message in found]

    def forget(self) -> None:
        """Wait for what the creation of the composite has to tell."""
        eventually(self.heard, "the first notification")


def test_composite_acts_after_the_wait_period_of_a_suppressor_that_stays_silent(cloud: LocalCloud) -> None:
    made = Suppressed(cloud, "waiting", wait=SHORT, extension=LONG)
    made.forget()
    began = time.monotonic()

    made.drive("Child", "ALARM")
    made.composite_is("ALARM")

    made.suppressed_by("WaitPeriod")
    assert eventually(made.heard, "the notification") == ["ALARM"]
    assert time.monotonic() - began >= SHORT
    made.suppressed_by(None)


def test_composite_acts_once_suppression_and_extension_period_are_over(cloud: LocalCloud) -> None:
    made = Suppressed(cloud, "extended", wait=0, extension=SHORT)
    made.forget()
    made.drive("Suppressor", "ALARM")

    made.drive("Child", "ALARM")
    made.composite_is("ALARM")
    made.suppressed_by("Alarm")
    assert made.heard(seconds=2) == []
    made.drive("Suppressor", "OK")
    made.suppressed_by("ExtensionPeriod")

    assert eventually(made.heard, "the notification") == ["ALARM"]
    history = actions(cloud, made.stack["Composite"])
    assert history[0].startswith("Successfully executed action")
    assert history[1].startswith("Suppressed action")


def test_suppressor_that_rings_within_the_wait_period_keeps_the_composite_silent(cloud: LocalCloud) -> None:
    made = Suppressed(cloud, "caught", wait=LONG, extension=LONG)

    made.drive("Child", "ALARM")
    made.composite_is("ALARM")
    made.suppressed_by("WaitPeriod")
    made.drive("Suppressor", "ALARM")
    made.suppressed_by("Alarm")

    assert made.heard(seconds=2) == []


def test_recovery_within_the_extension_period_starts_a_new_wait_period(cloud: LocalCloud) -> None:
    made = Suppressed(cloud, "recovering", wait=SHORT, extension=LONG)
    made.forget()
    made.drive("Suppressor", "ALARM")
    made.drive("Child", "ALARM")
    made.composite_is("ALARM")
    made.drive("Suppressor", "OK")
    made.suppressed_by("ExtensionPeriod")

    made.drive("Child", "OK")
    made.composite_is("OK")

    made.suppressed_by("WaitPeriod")
    assert eventually(made.heard, "the notification") == ["OK"]


def _mute(minutes_ago: int, *, targets: list[Any]) -> dict[str, Any]:
    start = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    schedule = {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": "PT1H"}
    return resource(
        "CloudWatch::AlarmMuteRule", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": targets}
    )


def test_muted_alarm_stays_silent_and_is_heard_once_the_rule_is_gone(cloud: LocalCloud) -> None:
    resources = {
        **topic(),
        "Alarm": custom("Muted", **notified()),
        "Mute": _mute(1, targets=[ref("Alarm")]),
    }
    names: dict[str, Any] = {"Alarm": ref("Alarm"), "Inbox": ref("Inbox")}
    stack = deploy(cloud, "muted", resources, **names, Status={"Fn::GetAtt": ["Mute", "Status"]})
    assert stack["Status"] == "ACTIVE"

    put_until(cloud, stack["Alarm"], "ALARM", {"Muted": 1})
    assert notifications(cloud, stack["Inbox"], seconds=3) == []
    assert actions(cloud, stack["Alarm"])[0].startswith("Suppressed action")
    assert (
        "muted by arn:aws:cloudwatch:us-east-1:000000000000:alarm-mute-rule:"
        in actions(cloud, stack["Alarm"])[0]
    )
    del resources["Mute"]
    deploy(cloud, "muted", resources, **names)

    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]


def test_rule_that_is_over_or_targets_another_alarm_mutes_nothing(cloud: LocalCloud) -> None:
    resources = {
        **topic(),
        "Alarm": custom("Heard", **notified()),
        "Other": custom("Unheard"),
        "Over": _mute(61, targets=[ref("Alarm")]),
        "Elsewhere": _mute(1, targets=[ref("Other")]),
    }
    stack = deploy(cloud, "unmuted", resources, Alarm=ref("Alarm"), Inbox=ref("Inbox"))

    put_until(cloud, stack["Alarm"], "ALARM", {"Heard": 1})

    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]


def test_mute_rule_of_the_api_mutes_and_is_described(cloud: LocalCloud) -> None:
    stack = deploy(
        cloud,
        "muted-by-api",
        {**topic(), "Alarm": custom("MutedByApi", **notified())},
        Alarm=ref("Alarm"),
        Inbox=ref("Inbox"),
    )
    client = cloud.client("cloudwatch")
    start = datetime.now(UTC) - timedelta(minutes=1)
    schedule = {"Expression": f"at({start:%Y-%m-%dT%H:%M})", "Duration": "PT1H"}
    client.put_alarm_mute_rule(
        Name="by-api", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [stack["Alarm"]]}
    )

    put_until(cloud, stack["Alarm"], "ALARM", {"MutedByApi": 1})

    assert notifications(cloud, stack["Inbox"], seconds=2) == []
    described = client.get_alarm_mute_rule(AlarmMuteRuleName="by-api")
    assert (described["Status"], described["MuteType"]) == ("ACTIVE", "ONE_TIME")
    listed = client.list_alarm_mute_rules(AlarmName=stack["Alarm"])["AlarmMuteRuleSummaries"]
    assert [summary["AlarmMuteRuleArn"] for summary in listed] == [described["AlarmMuteRuleArn"]]
    client.delete_alarm_mute_rule(AlarmMuteRuleName="by-api")
    assert [n["NewStateValue"] for n in notifications(cloud, stack["Inbox"])] == ["ALARM"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_alarm_mute_rule(AlarmMuteRuleName="by-api")


@pytest.mark.parametrize(
    ("duration", "target", "reason"), [("1 hour", "here", "no duration"), ("PT1H", "gone", "do not exist")]
)
def test_mute_rule_that_cannot_work_is_refused(
    cloud: LocalCloud, duration: str, target: str, reason: str
) -> None:
    client = cloud.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName="here",
        Namespace="Test",
        MetricName="Here",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    schedule = {"Expression": "cron(0 2 * * *)", "Duration": duration}
    with pytest.raises(ClientError, match=reason):
        client.put_alarm_mute_rule(
            Name="refused", Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": [target]}
        )
