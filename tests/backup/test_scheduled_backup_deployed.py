"""A scheduled backup as it is deployed: the schedule makes backups, and what is published reaches the alarm."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT

APP = Path(__file__).with_name("scheduled_backup_app.py")
Outputs = dict[str, str]


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """The outputs of the deployed app."""
    folder = tmp_path_factory.mktemp("backups")
    outputs = folder / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = json.loads(outputs.read_text())["Backups"]
    yield {name.removesuffix("Out"): value for name, value in found.items()}
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)


def backups(cloud: LocalCloud, deployed: Outputs) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.client("dynamodb").list_backups(TableName=deployed["Table"])[
        "BackupSummaries"
    ]
    return found


def test_the_schedule_makes_backups_and_keeps_the_newest(
    bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    cloud = bootstrapped_cloud
    first = eventually(lambda: backups(cloud, deployed), "the first backup", seconds=180)[0]
    assert first["BackupName"].startswith("Backups-Backup-20")
    client = cloud.client("lambda")
    for time in ("2026-01-01T00:00:00Z", "not a time"):  # one that is over, and one that fails
        client.invoke(
            FunctionName=deployed["Function"],
            InvocationType="Event",
            Payload=json.dumps({"scheduled": time, "tables": [deployed["Table"]]}),
        )
    queue = cloud.client("sqs")
    message = eventually(
        lambda: queue.receive_message(QueueUrl=deployed["Queue"], WaitTimeSeconds=1).get("Messages"),
        "the event that failed",
    )[0]
    assert "not a time" in message["Body"]
    names = {each["BackupName"] for each in backups(cloud, deployed)}
    assert not any("20260101" in name for name in names)
    assert len(names) <= 2


def test_what_the_function_publishes_is_what_the_alarm_watches(
    bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    cloud = bootstrapped_cloud
    watch = cloud.client("cloudwatch")
    eventually(lambda: backups(cloud, deployed), "the first backup", seconds=180)

    def state() -> bool:
        (alarm,) = watch.describe_alarms(AlarmNames=[deployed["Age"]])["MetricAlarms"]
        return bool(alarm["StateValue"] == "OK")

    eventually(state, "an alarm that has seen two ages", seconds=240)
