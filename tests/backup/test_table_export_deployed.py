"""An export as it is deployed: tables are put together again from what is in the bucket, and tampering is found.

Time is compressed: the cloud's recovery lag and shortest window are a second each, the function is told the same of
windows and of its pause after a failure, and it is invoked with the events of its schedules instead of waiting hours
for these.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from table_export.links import Link, links_of
from table_export.model import Kind
from table_export.objects import BucketObjects

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.backup.export_world import reconstructed
from tests.local_cloud.recoverable import QUICK
from tests.synthesis import ROOT

APP = Path(__file__).with_name("table_export_app.py")
Outputs = dict[str, str]


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings=QUICK) as running:
        running.bootstrap()
        yield running


@pytest.fixture(scope="module")
def deployed(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The outputs of the deployed app, whose function may export windows of a second, and repeats them at once."""
    folder = tmp_path_factory.mktemp("exports")
    outputs = folder / "outputs.json"
    cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = {
        name.removesuffix("Out"): value for name, value in json.loads(outputs.read_text())["Exports"].items()
    }
    compress_time(cloud, found)
    return found


def compress_time(cloud: LocalCloud, deployed: Outputs) -> None:
    client, name = cloud.client("lambda"), deployed["Function"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    settings = json.loads(variables["TABLE_EXPORT"]) | {"shortest": 1, "pause": 1}
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"TABLE_EXPORT": json.dumps(settings)}}
    )
    version = client.publish_version(FunctionName=name)["Version"]
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)


class Exported:
    """The deployed table, and what there is of it in the bucket."""

    def __init__(self, cloud: LocalCloud, deployed: Outputs) -> None:
        self.cloud = cloud
        self.deployed = deployed
        self.table = deployed["Table"]
        self.items = cloud.client("dynamodb")
        self.root = f"exports/{self.table.rpartition('/')[2]}"

    @property
    def objects(self) -> BucketObjects:
        return BucketObjects(self.cloud.client("s3"), self.deployed["Bucket"], self.root)

    def links(self) -> list[Link]:
        found = [link for _, _, link in links_of(self.objects)]
        return [each for each in found if isinstance(each, Link)]

    def write(self, **items: str | None) -> None:
        for key, value in items.items():
            if value is None:
                self.items.delete_item(TableName=self.table, Key={"id": {"S": key}})
            else:
                item = {"id": {"S": key}, "value": {"S": value}}
                self.items.put_item(TableName=self.table, Item=item)

    def now(self) -> dict[str, Any]:
        """The table as it is."""
        found = self.items.scan(TableName=self.table, ConsistentRead=True)["Items"]
        return {json.dumps(item["id"]): item for item in found}

    def call(self, **event: Any) -> dict[str, Any]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.deployed["Alias"], Payload=json.dumps({"tables": [self.table], **event})
        )
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, body
        found: dict[str, Any] = body
        return found

    def due(self, kind: Kind) -> int:
        """Let an export be due for the next second, and return that once it is over."""
        moment = int(time.time()) + 1
        time.sleep(moment + 0.2 - time.time())
        self.call(kind=kind, scheduled=datetime.fromtimestamp(moment, UTC).isoformat())
        return moment

    def begun(self) -> list[Link]:
        """The manifests, once there is one."""

        def found() -> list[Link]:
            self.call(look=True)
            return self.links()

        return eventually(found, "the first full export")

    def until(self, moment: int, kind: Kind) -> list[Link]:
        """All manifests, once there is one of `kind` that ends then."""

        def found() -> list[Link] | None:
            self.call(look=True)
            links = self.links()
            return links if any((each.kind, each.end) == (kind, moment) for each in links) else None

        return eventually(found, f"a manifest of {kind} until {moment}", seconds=180)

    def verify(self, *options: str) -> tuple[int, Any]:
        """What the command says."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "constructs_lib.backup",
                "verify-export",
                f"s3://{self.deployed['Bucket']}/exports",
                "--json",
                *options,
            ],
            cwd=ROOT,
            env=environment(self.cloud),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


def environment(cloud: LocalCloud) -> Mapping[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_the_table_is_put_together_again_and_tampering_is_found(cloud: LocalCloud, deployed: Outputs) -> None:
    exported = Exported(cloud, deployed)
    exported.write(**{f"key-{number}": "0" for number in range(30)})
    time.sleep(1.5)
    first = exported.begun()
    assert [(link.kind, link.base) for link in first] == [(Kind.FULL, True)]

    seen: dict[int, dict[str, Any]] = {}
    for number in range(1, 4):
        exported.write(**{f"key-{key}": str(number) for key in range(number, 30, 5)})
        exported.write(**{f"new-{number}": "1", f"key-{number + 20}": None})
        moment = exported.due(Kind.INCREMENTAL)
        seen[moment] = exported.now()
        exported.until(moment, Kind.INCREMENTAL)
    exported.write(late="1")
    pinned = exported.due(Kind.FULL)
    seen[pinned] = exported.now()
    exported.until(pinned, Kind.FULL)
    links = exported.until(pinned, Kind.INCREMENTAL)
    exported.write(late="2")
    last = exported.due(Kind.INCREMENTAL)
    seen[last] = exported.now()
    links = exported.until(last, Kind.INCREMENTAL)

    windows = sorted((link.start, link.end) for link in links if link.kind is Kind.INCREMENTAL)
    assert [end for _, end in windows] == sorted(seen)
    assert [start for start, _ in windows[1:]] == [end for _, end in windows[:-1]]
    for moment, items in seen.items():
        assert reconstructed(exported.objects, links, moment) == items
    before = [link for link in links if link.base or link.kind is Kind.INCREMENTAL]
    assert reconstructed(exported.objects, before, last) == seen[last]

    for options in ((), ("--manifests-only",)):
        code, document = exported.verify(*options)
        assert (code, document["right"]) == (0, True), document
    (table,) = document["tables"]
    assert table["exports"] == len(links) == 7

    key = next(
        key
        for key in exported.objects.keys("AWSDynamoDB/data/")
        if exported.objects.head(key).size > 40  # more than an empty file takes, compressed
    )
    exported.objects.put(key, b"tampered")
    for options in ((), ("--manifests-only",)):
        code, document = exported.verify(*options)
        ((finding,),) = (each["findings"] for each in document["tables"])
        assert code == 1
        assert key in finding["problem"]


def test_an_export_that_fails_is_told_and_made_again(cloud: LocalCloud, deployed: Outputs) -> None:
    exported = Exported(cloud, deployed)
    exported.begun()
    logs = cloud.client("logs")
    (group,) = (
        each["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for each in page["logGroups"]
        if "ExportFunction" in each["logGroupName"]
    )
    cloud.fail_next_export("us-east-1", exported.table.rpartition("/")[2])
    moment = exported.due(Kind.INCREMENTAL)

    def told() -> bool:
        exported.call(look=True)
        events = logs.filter_log_events(logGroupName=group)["events"]
        return any("failed: InternalServerError" in each["message"] for each in events)

    eventually(told, "the failure in the log", seconds=60)
    metric = {
        "Namespace": "constructs_lib/Backup",
        "MetricName": "ExportsFailed",
        "Dimensions": [{"Name": "Schedule", "Value": "Exports/Export"}],
    }
    now = time.time()
    points = cloud.client("cloudwatch").get_metric_statistics(
        **metric, StartTime=now - 600, EndTime=now + 60, Period=60, Statistics=["Sum"]
    )["Datapoints"]
    assert sum(each["Sum"] for each in points) >= 1
    links = exported.until(moment, Kind.INCREMENTAL)
    ends = sorted(link.end for link in links if link.kind is Kind.INCREMENTAL)
    assert ends[-1] == moment
