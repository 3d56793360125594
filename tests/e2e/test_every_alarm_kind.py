"""Every kind of alarm is deployed by the CDK, driven to ALARM and back by real data, and heard both times."""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually

ROOT = Path(__file__).parent.parent.parent
PERIOD = 10  # seconds, of the alarms on metrics of the test's own


@dataclass
class Kinds:
    """The deployed stack, and what its alarms have said so far."""

    cloud: LocalCloud
    outputs: dict[str, str]
    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def put(self, ago: float = 0, **values: float) -> None:
        """Put a datapoint of each metric, so many seconds old."""
        data = [
            {"MetricName": name, "Value": value, "Timestamp": time.time() - ago}
            for name, value in values.items()
        ]
        self.cloud.client("cloudwatch").put_metric_data(Namespace="Kinds", MetricData=data)

    def state(self, kind: str) -> str:
        found = self.cloud.client("cloudwatch").describe_alarms(
            AlarmNames=[self.outputs[kind]], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        (alarm,) = found["MetricAlarms"] + found["CompositeAlarms"]
        return str(alarm["StateValue"])

    def goes(self, kind: str, state: str) -> None:
        """Wait until the alarm of `kind` is in `state`."""
        eventually(lambda: self.state(kind) == state, f"{kind} in {state}", seconds=90)

    def says(self, kind: str, state: str) -> None:
        """Wait until the alarm of `kind` has told the queue that it is in `state`, and forget what it said."""
        self.goes(kind, state)
        name = self.outputs[kind]
        eventually(lambda: state in self.listen()[name], f"{kind} to tell of {state}", seconds=90)
        self.heard[name].clear()

    def listen(self) -> dict[str, list[str]]:
        """The states that each alarm has told since it was last listened to."""
        client, queue = self.cloud.client("sqs"), self.outputs["InboxUrl"]
        answer = client.receive_message(QueueUrl=queue, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            alarm = json.loads(json.loads(message["Body"])["Message"])
            self.heard[alarm["AlarmName"]].append(alarm["NewStateValue"])
        return self.heard

    def forget(self, kind: str) -> None:
        """Forget what the alarm of `kind` has said."""
        self.listen()[self.outputs[kind]].clear()

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        client = self.cloud.client("lambda")
        answer = client.invoke(FunctionName=self.outputs[function], Payload=json.dumps(event))
        return json.loads(answer["Payload"].read() or "null")


@pytest.fixture(scope="module")
def kinds(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kinds]:
    work = tmp_path_factory.mktemp("kinds")
    app = ["--app", f"{sys.executable} -m tests.e2e.alarm_kinds_app", "--output", str(work / "cdk.out")]
    found = work / "outputs.json"
    bootstrapped_cloud.cdk("deploy", *app, "--require-approval=never", f"--outputs-file={found}", cwd=ROOT)
    yield Kinds(bootstrapped_cloud, json.loads(found.read_text())["AlarmKinds"])
    bootstrapped_cloud.cdk("destroy", "--force", *app, cwd=ROOT)


def test_a_threshold(kinds: Kinds) -> None:
    kinds.put(Plain=9, ago=PERIOD)
    kinds.says("Threshold", "ALARM")
    kinds.put(Plain=1)
    kinds.says("Threshold", "OK")


def test_a_rate_and_that_little_traffic_is_none(kinds: Kinds) -> None:
    kinds.put(Failed=19, All=19, ago=2 * PERIOD)
    kinds.goes("Rate", "OK")
    kinds.put(Failed=30, All=40, ago=PERIOD)
    kinds.says("Rate", "ALARM")
    kinds.put(Failed=1, All=40)
    kinds.says("Rate", "OK")


def test_an_anomaly_below_the_band_and_not_above(kinds: Kinds) -> None:
    for ago in range(5 * PERIOD, 40 * PERIOD, PERIOD):
        kinds.put(Sales=100 + ago % 3, ago=ago)
    kinds.put(Sales=900, ago=2 * PERIOD)
    kinds.goes("Anomaly", "OK")
    kinds.put(Sales=1, ago=PERIOD)
    kinds.says("Anomaly", "ALARM")
    kinds.put(Sales=100)
    kinds.says("Anomaly", "OK")


def test_lines_of_a_log(kinds: Kinds) -> None:
    client, group = kinds.cloud.client("logs"), kinds.outputs["LogGroup"]
    client.create_log_stream(logGroupName=group, logStreamName="test")

    def write(waiting: int, ago: float = 0) -> None:
        event = {"timestamp": int(1000 * (time.time() - ago)), "message": json.dumps({"waiting": waiting})}
        client.put_log_events(logGroupName=group, logStreamName="test", logEvents=[event])

    write(7, ago=PERIOD)
    kinds.says("Log", "ALARM")
    write(0)
    kinds.says("Log", "OK")


def test_a_heartbeat_that_is_missing_and_comes(kinds: Kinds) -> None:
    kinds.says("Heartbeat", "ALARM")
    kinds.put(Beats=1)
    kinds.says("Heartbeat", "OK")


def test_an_age_that_is_not_published_is_too_old_and_is_renewed(kinds: Kinds) -> None:
    kinds.says("Age", "ALARM")
    kinds.put(Backups=1, ago=5 * 3_600)
    assert kinds.invoke("AgePublisher", {})["age"] == 5 * 3_600
    assert kinds.state("Age") == "ALARM"
    kinds.put(Backups=1)
    assert kinds.invoke("AgePublisher", {}) == {"age": 0}
    kinds.says("Age", "OK")


def test_a_fleet_of_which_one_function_fails(kinds: Kinds) -> None:
    kinds.invoke("WatchedToo", {})
    kinds.invoke("Unwatched", {"fail": True})
    kinds.goes("Fleet", "OK")
    kinds.invoke("Watched", {"fail": True})
    kinds.says("Fleet", "ALARM")
    kinds.invoke("Watched", {})
    kinds.says("Fleet", "OK")


def test_data_that_ends(kinds: Kinds) -> None:
    kinds.put(Unknown=1, ago=PERIOD)
    kinds.says("Unknown", "OK")
    kinds.says("Unknown", "INSUFFICIENT_DATA")


def test_alarms_over_alarms_and_what_keeps_them_quiet(kinds: Kinds) -> None:
    def put(ago: float = 0, **more: float) -> None:
        kinds.put(ago, **{"One": 0, "Two": 0, "Three": 0, "Four": 0, "Repairs": 0} | more)

    put(ago=2 * PERIOD, One=9)
    kinds.goes("One", "ALARM")
    kinds.goes("Combined", "OK")  # one of three is not two
    kinds.forget("Combined")
    put(ago=PERIOD, One=9, Three=9, Repairs=9)
    kinds.goes("Combined", "ALARM")
    assert "ALARM" not in kinds.listen()[kinds.outputs["Combined"]]
    put(One=9, Three=9)  # the repairs are done, and it was of no use
    kinds.says("Combined", "ALARM")
    time.sleep(PERIOD)
    put()
    kinds.says("Combined", "OK")


def test_an_alarm_in_a_maintenance_window_rings_unheard(kinds: Kinds) -> None:
    kinds.goes("Muted", "OK")
    kinds.forget("Muted")
    kinds.put(Muted=9, ago=PERIOD)
    kinds.goes("Muted", "ALARM")
    kinds.put(Muted=1)
    kinds.goes("Muted", "OK")
    assert kinds.listen()[kinds.outputs["Muted"]] == []
