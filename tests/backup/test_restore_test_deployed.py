"""A restore test as it is deployed: good backups pass, others are found out, and nothing stays."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.recoverable import QUICK
from tests.synthesis import ROOT

APP = Path(__file__).with_name("restore_test_app.py")
ITEMS = 12
_AROUND = 2.5
"""Seconds: more than the margin of the comparison, on both sides of a backup."""


@dataclass
class Deployed:
    """The deployed app, as one who watches it sees it."""

    cloud: LocalCloud
    outputs: dict[str, str]

    @property
    def dynamodb(self) -> Any:
        return self.cloud.client("dynamodb")

    @property
    def machine(self) -> Any:
        return self.cloud.client("stepfunctions")

    def put(self, table: str, key: str, total: str = "5") -> None:
        item = {"id": {"S": key}, "day": {"S": "monday"}, "total": {"N": total}, "at": {"N": "1700000000"}}
        self.dynamodb.put_item(TableName=self.outputs[table], Item=item)

    def back_up(self, table: str) -> str:
        """A backup in a time in which nothing changes."""
        time.sleep(_AROUND)
        made = self.dynamodb.create_backup(TableName=self.outputs[table], BackupName="nightly")
        time.sleep(_AROUND)
        arn: str = made["BackupDetails"]["BackupArn"]
        return arn

    def start(self, run: str, machine: str = "Machine") -> str:
        given = {"table": self.outputs["Orders"], "scheduled": run}
        started = self.machine.start_execution(stateMachineArn=self.outputs[machine], input=json.dumps(given))
        arn: str = started["executionArn"]
        return arn

    def ended(self, execution: str) -> dict[str, Any]:
        def described() -> dict[str, Any] | None:
            found: dict[str, Any] = self.machine.describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        return eventually(described, f"the end of {execution}", seconds=120)

    def report(self, run: str, machine: str = "Machine") -> tuple[str, dict[str, Any]]:
        found = self.ended(self.start(run, machine))
        return found["status"], json.loads(found.get("output") or found["cause"])

    def temporary(self) -> list[str]:
        """The temporary tables that the test of orders has."""
        function = self.cloud.client("lambda").get_function_configuration(
            FunctionName=self.outputs["Function"]
        )
        prefix = json.loads(function["Environment"]["Variables"]["TABLE_RESTORE"])["prefix"]
        return [name for name in self.tables() if name.startswith(prefix)]

    def tables(self) -> list[str]:
        pages = self.dynamodb.get_paginator("list_tables").paginate()
        return [name for page in pages for name in page["TableNames"]]

    def entry(self, run: str) -> dict[str, Any]:
        """What the ledger says; nothing before it is claimed."""
        key = {"table": {"S": self.outputs["Orders"]}, "run": {"S": run}}
        answer = self.dynamodb.get_item(TableName=self.outputs["Ledger"], Key=key)
        found: dict[str, Any] = answer.get("Item", {})
        return found


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The deployed app, in a cloud where workflows wait for less time."""
    folder = tmp_path_factory.mktemp("restores")
    outputs = folder / "outputs.json"
    with LocalCloud(settings={**QUICK, "LOCAL_CLOUD_WAIT_SCALE": "0.1"}) as cloud:
        cloud.bootstrap()
        cloud.cdk(
            "deploy",
            f"--app={sys.executable} {APP}",
            f"--output={folder / 'cdk.out'}",
            "--require-approval=never",
            f"--outputs-file={outputs}",
            cwd=folder,
            environment={"PYTHONPATH": str(ROOT)},
        )
        found = json.loads(outputs.read_text())["Restores"]
        app = Deployed(cloud, {name.removesuffix("Out"): value for name, value in found.items()})
        for table in ("Orders", "Mail"):
            for number in range(ITEMS):
                app.put(table, f"o{number}")
            app.back_up(table)
        yield app


def test_a_good_backup_passes_and_leaves_nothing(deployed: Deployed) -> None:
    backup = deployed.back_up("Orders")
    status, report = deployed.report("2026-03-01T01:00:00Z")
    assert (status, report["reasons"]) == ("SUCCEEDED", [])
    assert (report["backup"], report["items"]) == (backup, ITEMS)
    assert report["compared"] == ITEMS
    assert report["restore_seconds"] > 0
    assert {"stream with NEW_IMAGE", "time to live by expires", "point-in-time recovery over 35 days"} <= set(
        report["reapplied"]
    )
    assert any(each.startswith("tags ") and "team" in each for each in report["reapplied"])
    entry = deployed.entry("2026-03-01T01:00:00Z")
    assert (entry["state"]["S"], entry["open"]["L"]) == ("passed", [])
    assert deployed.temporary() == []


@pytest.mark.parametrize(
    ("number", "changes", "problem"),
    [
        (2, {"put": [{"id": {"S": "o3"}, "total": {"N": "6"}}]}, '"o3"}} differs'),
        (3, {"delete": [{"id": {"S": "o3"}}]}, '"o3"}} is missing'),
        (
            4,
            {"put": [{"id": {"S": "o99"}, "day": {"S": "x"}, "total": {"N": "6"}}]},
            '"o99"}} should not be there',
        ),
    ],
    ids=["changed", "missing", "extra"],
)
def test_a_backup_that_was_tampered_with_is_found_out(
    deployed: Deployed, number: int, changes: dict[str, Any], problem: str
) -> None:
    backup = deployed.back_up("Orders")
    deployed.cloud.tamper_with_backup(backup, **changes)
    run = f"2026-03-0{number}T01:00:00Z"
    status, report = deployed.report(run)
    assert status == "FAILED"
    assert any(problem in each for each in report["reasons"]), report
    assert deployed.entry(run)["state"]["S"] == "failed"
    assert deployed.temporary() == []


def test_a_verifier_is_asked(deployed: Deployed) -> None:
    deployed.put("Orders", "o50", "-1")
    deployed.back_up("Orders")
    status, report = deployed.report("2026-03-05T01:00:00Z")
    deployed.dynamodb.delete_item(TableName=deployed.outputs["Orders"], Key={"id": {"S": "o50"}})
    assert status == "FAILED"
    assert report["reasons"] == ["The verifier refuses it: o50 has a negative total"]


def test_items_that_were_not_written_since_are_compared_with_the_live_table(deployed: Deployed) -> None:
    backup = deployed.back_up("Orders")
    status, report = deployed.report("2026-03-05T02:00:00Z", "Unchanged")
    assert (status, report["reasons"], report["compared"]) == ("SUCCEEDED", [], ITEMS)
    changed = {"id": {"S": "o3"}, "day": {"S": "monday"}, "total": {"N": "6"}, "at": {"N": "1700000000"}}
    deployed.cloud.tamper_with_backup(backup, put=[changed], delete=[{"id": {"S": "o4"}}])
    status, report = deployed.report("2026-03-05T03:00:00Z", "Unchanged")
    assert status == "FAILED"
    assert "2 of the items compared are wrong" in report["reasons"][0]


def test_a_failed_test_rings(deployed: Deployed) -> None:
    watch = deployed.cloud.client("cloudwatch")
    backup = deployed.back_up("Orders")
    deployed.cloud.tamper_with_backup(backup, delete=[{"id": {"S": "o1"}}])
    deployed.report("2026-03-06T01:00:00Z")

    def rings() -> bool:
        (alarm,) = watch.describe_alarms(AlarmNames=[deployed.outputs["Failed"]])["MetricAlarms"]
        return bool(alarm["StateValue"] == "ALARM")

    eventually(rings, "the alarm on failed tests", seconds=180)
    found = watch.list_metrics(Namespace="constructs_lib/Backup", MetricName="RestoreSeconds")["Metrics"]
    assert ["Restores/Tested"] in [[each["Value"] for each in metric["Dimensions"]] for metric in found]


def test_a_stopped_execution_leaves_nothing_for_long(deployed: Deployed) -> None:
    run = "2026-03-07T01:00:00Z"
    deployed.back_up("Orders")
    execution = deployed.start(run)
    eventually(deployed.temporary, "the restore")
    deployed.machine.stop_execution(executionArn=execution)
    assert deployed.ended(execution)["status"] == "ABORTED"
    look = {"look": True, "tables": [deployed.outputs["Orders"]]}

    def swept() -> bool:
        answer = deployed.cloud.client("lambda").invoke(
            FunctionName=deployed.outputs["Function"], Payload=json.dumps(look)
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
        return not deployed.temporary()

    eventually(swept, "the deletion of what was left", seconds=60)
    entry = deployed.entry(run)
    assert entry["state"]["S"] == "abandoned"
    assert "ABORTED" in entry["reasons"]["L"][-1]["S"]
    assert deployed.outputs["Orders"].rpartition("/")[2] in deployed.tables()


def test_the_same_event_again_is_left_to_the_first_execution(deployed: Deployed) -> None:
    run = "2026-03-08T01:00:00Z"
    deployed.back_up("Orders")
    first = deployed.start(run)
    eventually(lambda: deployed.entry(run), "the claim")
    second = deployed.ended(deployed.start(run))
    assert json.loads(second["output"]) == {"next": "elsewhere", "execution": first}
    assert deployed.ended(first)["status"] == "SUCCEEDED"
    assert deployed.temporary() == []


def test_the_schedule_starts_tests(deployed: Deployed) -> None:
    def passed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = deployed.machine.list_executions(
            stateMachineArn=deployed.outputs["Often"], statusFilter="SUCCEEDED"
        )["executions"]
        return found

    execution = eventually(passed, "a test that the schedule started", seconds=180)[0]["executionArn"]
    described = deployed.machine.describe_execution(executionArn=execution)
    report = json.loads(described["output"])
    given = json.loads(described["input"])
    assert given["table"] == report["table"] == deployed.outputs["Mail"]
    assert given["scheduled"] == report["run"]
    assert (report["state"], report["compared"]) == ("passed", ITEMS)
