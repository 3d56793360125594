"""The data pipeline on the local cloud: every upload ends processed once or in quarantine, whatever is repeated."""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.lambda_src.sales_files import SALE, a_file

ROOT = Path(__file__).parent.parent.parent
STACK = "DataPipeline-local"


@dataclass(frozen=True)
class Pipeline:
    """The deployed stack."""

    cloud: LocalCloud
    outputs: dict[str, str]

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file; its version."""
        key = name if "/" in name else f"incoming/{name}"
        answer = self.cloud.client("s3").put_object(
            Bucket=self.outputs["UploadsBucket"], Key=key, Body=content
        )
        return str(answer["VersionId"])

    def records(self) -> list[dict[str, Any]]:
        """The manifest."""
        items: list[dict[str, Any]] = self.cloud.client("dynamodb").scan(
            TableName=self.outputs["ManifestTable"], ConsistentRead=True
        )["Items"]
        return items

    def record(self, version: str) -> dict[str, Any] | None:
        """What the manifest has on a version, once it is finished."""
        found = [item for item in self.records() if item.get("version_id", {}).get("S") == version]
        return found[0] if found and found[0]["status"]["S"] != "received" else None

    def finished(self, version: str) -> dict[str, Any]:
        """Wait for that."""
        return eventually(partial(self.record, version), "the file to be finished")

    def total(self, currency: str) -> str:
        """The revenue of all files so far."""
        (item,) = (item for item in self.records() if item["file_id"]["S"] == f"total#{currency}")
        return str(item["revenue"]["N"])


@pytest.fixture(scope="module")
def pipeline(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    outputs = tmp_path_factory.mktemp("pipeline") / "outputs.json"
    app = (
        "--app",
        f"{sys.executable} -m tests.e2e.data_pipeline_app",
        "--output",
        str(outputs.parent / "cdk.out"),
    )
    deployed = ("--outputs-file", str(outputs), "--require-approval", "never")
    bootstrapped_cloud.cdk("deploy", STACK, *app, *deployed, cwd=ROOT)
    yield Pipeline(bootstrapped_cloud, json.loads(outputs.read_text())[STACK])
    bootstrapped_cloud.cdk("destroy", STACK, *app, "--force", cwd=ROOT)


def test_an_upload_is_processed_and_a_broken_one_is_put_into_quarantine(pipeline: Pipeline) -> None:
    pipeline.upload("reference/products.csv", b"sku,category\nTOY-1,toys\n")
    good = pipeline.upload("good.csv", a_file(SALE, SALE.replace("o-1", "o-2")))
    bad = pipeline.upload("bad.csv", b"this,is,something,else\n")

    record = pipeline.finished(good)
    reason = pipeline.finished(bad)

    s3 = pipeline.cloud.client("s3")
    output = s3.get_object(Bucket=pipeline.outputs["OutputBucket"], Key=record["output"]["S"])
    assert gzip.decompress(output["Body"].read()).decode().splitlines()[1].split(",")[2] == "toys"
    assert (record["status"]["S"], record["rows"]["N"]) == ("processed", "2")
    assert pipeline.total("EUR") == "39.96"
    assert reason["status"]["S"] == "quarantined"
    assert reason["reason"]["S"].startswith("its header lacks")
    kept = s3.get_object(Bucket=pipeline.outputs["QuarantineBucket"], Key=f"{reason['file_id']['S']}/bad.csv")
    assert kept["Body"].read() == b"this,is,something,else\n"


def test_each_version_is_added_up_once_however_often_its_message_comes(pipeline: Pipeline) -> None:
    version = pipeline.upload("twice.csv", a_file(SALE.replace("EUR", "CHF")))
    record = pipeline.finished(version)
    message = {
        name: next(iter(record[name].values()))
        for name in ("file_id", "bucket", "key", "version_id", "correlation_id")
    } | {"size": int(record["size"]["N"])}
    sqs, queue = pipeline.cloud.client("sqs"), pipeline.outputs["FilesQueueUrl"]

    for _ in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(message))
    newer = pipeline.upload("twice.csv", a_file(SALE.replace("EUR", "CHF")))
    pipeline.finished(newer)

    eventually(partial(_is_empty, sqs, queue), "the messages to be handled")
    assert pipeline.total("CHF") == "39.96"


def test_a_malformed_message_ends_in_the_dead_letter_queue(pipeline: Pipeline) -> None:
    sqs, queue = pipeline.cloud.client("sqs"), pipeline.outputs["FilesQueueUrl"]
    # So that the five attempts do not take the half hour that six times the function's timeout add up to.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    sqs.send_message(QueueUrl=queue, MessageBody="no message of ours")

    letters = pipeline.outputs["FilesDeadLetterQueueUrl"]
    received = eventually(
        lambda: sqs.receive_message(QueueUrl=letters).get("Messages"), "the message to be a dead letter"
    )
    assert [message["Body"] for message in received] == ["no message of ours"]


def _is_empty(sqs: Any, queue: str) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return all(attributes[name] == "0" for name in names)
