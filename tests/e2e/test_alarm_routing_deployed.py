"""Routes on the local cloud: each severity reaches its people only, and a failed delivery is told elsewhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import (
    AlarmDefinition,
    AlarmRoute,
    AlarmSet,
    AlarmTopic,
    Profile,
    Severity,
    SeverityRoute,
    StateChange,
)
from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.delivery import lost_alarms
from tests.local_cloud.alarming import NAMESPACE, describe, is_in, put
from tests.synthesis import RECOMMENDED, fresh_app, synthesize

METRICS = {Severity.CRITICAL: "Lost", Severity.WARNING: "Slow", Severity.INFO: "Cold"}
ROWS = tuple(
    AlarmDefinition(
        name=metric.lower(),
        metric=metric,
        namespace=NAMESPACE,
        dimensions={},
        statistic="Maximum",
        threshold=1,
        unit="orders",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=severity,
        profile=Profile.ESSENTIAL,
        means="A test put it.",
        cause="this test.",
        query="nothing.",
        source="none",
    )
    for severity, metric in METRICS.items()
)
INBOXES = ("Pager", "Team", "Log", "Backup", "Tickets")


class ShopAlarms(AlarmSet):
    """One alarm of each severity."""

    TABLE = ROWS
    SUBJECT = "shop"


def routed_stack() -> cdk.Stack:
    stack = cdk.Stack(fresh_app(RECOMMENDED), "Routed")
    inboxes = {name: sqs.Queue(stack, f"{name}Inbox") for name in INBOXES}
    backup = AlarmTopic(stack, "BackupTopic")
    pager, team, log = (
        AlarmTopic(stack, f"{name}Topic", undelivered=backup.route, encryption_key=backup.key)
        for name in ("Pager", "Team", "Log")
    )
    for name, topic in (("Backup", backup), ("Pager", pager), ("Team", team), ("Log", log)):
        topic.add_queue(inboxes[name])
    ticket = StateChange(targets=[targets.SqsQueue(inboxes["Tickets"])])
    route = SeverityRoute(
        critical=AlarmRoute(alarm=[pager.topic, ticket]), warning=team.route, info=log.route
    )
    alarms = ShopAlarms(stack, "Alarms", rows=ROWS, subject=None, route=route)
    for name, queue in inboxes.items():
        cdk.CfnOutput(stack, name, value=queue.queue_url)
    for composite, name in zip(alarms.composites, ("Critical", "Warning", "Info", "Health"), strict=True):
        cdk.CfnOutput(stack, f"{name}Alarm", value=composite.alarm_name)
    cdk.CfnOutput(stack, "Kept", value=log.dead_letter_queue.queue_url)
    return stack


@dataclass(frozen=True)
class Deployed:
    """The stack as it runs."""

    cloud: LocalCloud
    outputs: dict[str, str]

    def take(self, inbox: str, seconds: int = 1) -> dict[str, Any] | None:
        """The next message in a queue, removed from it."""
        client, url = self.cloud.client("sqs"), self.outputs[inbox]
        for message in client.receive_message(QueueUrl=url, WaitTimeSeconds=seconds).get("Messages", []):
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            body: dict[str, Any] = json.loads(message["Body"])
            return body
        return None

    def told(self, inbox: str) -> str:
        """The name of the alarm that the next notification in a queue is about."""
        body = eventually(partial(self.take, inbox), f"a notification for {inbox}")
        return str(json.loads(body["Message"])["AlarmName"])

    def ring(self, severity: Severity) -> str:
        """Make an alarm ring by data, and wait for its composite."""
        name = self.outputs[f"{severity.capitalize()}Alarm"]
        put(self.cloud, METRICS[severity], 1)
        eventually(is_in(self.cloud, name, "ALARM"), f"the composite of {severity}")
        return name

    def silent(self, *inboxes: str) -> bool:
        """Whether nothing lies in these queues."""
        return not any(self.take(inbox) for inbox in inboxes)


@pytest.fixture(scope="module")
def deployed(cloud: LocalCloud) -> Iterator[Deployed]:
    found = synthesize(routed_stack())
    assert lost_alarms(found.resources) == []
    outputs = {name: output["Value"] for name, output in found.body["Outputs"].items()}
    yield Deployed(cloud, deploy(cloud, "routed", found.resources, **outputs))
    cloud.client("cloudformation").delete_stack(StackName="routed")


def test_what_is_critical_reaches_the_pager_and_the_tickets_and_nobody_else(deployed: Deployed) -> None:
    name = deployed.ring(Severity.CRITICAL)

    assert deployed.told("Pager") == name
    event = eventually(partial(deployed.take, "Tickets"), "the change of state")
    assert event["detail"]["alarmName"] == name
    assert event["detail"]["state"]["value"] == "ALARM"
    assert deployed.silent("Pager", "Team", "Log", "Backup", "Tickets")


def test_a_warning_reaches_the_team_and_nobody_else(deployed: Deployed) -> None:
    name = deployed.ring(Severity.WARNING)

    assert deployed.told("Team") == name
    assert deployed.silent("Pager", "Team", "Log", "Backup", "Tickets")


def test_the_health_of_all_rings_too_and_tells_nobody(deployed: Deployed) -> None:
    deployed.ring(Severity.CRITICAL)

    health = deployed.outputs["HealthAlarm"]
    eventually(is_in(deployed.cloud, health, "ALARM"), "the health")
    assert describe(deployed.cloud, health)["AlarmActions"] == []


def test_what_cannot_be_delivered_is_kept_and_told_another_way(deployed: Deployed) -> None:
    deployed.cloud.client("sqs").delete_queue(QueueUrl=deployed.outputs["Log"])

    name = deployed.ring(Severity.INFO)

    rung = deployed.told("Backup")
    assert "Undelivered" in rung
    kept = eventually(partial(deployed.take, "Kept"), "what was not delivered")
    assert json.loads(kept["Message"])["AlarmName"] == name
    assert deployed.silent("Pager", "Team", "Tickets")
