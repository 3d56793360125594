"""Both handlers of the data pipeline on a local AWS: what they record, and what a crash in between leaves to do."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError

from local_cloud import LocalCloud
from tests.lambda_src.events import Context, JsonObject
from tests.lambda_src.runtimes import Runtime, load, metrics
from tests.lambda_src.sales_files import SALE, a_file
from tests.lambda_src.wire import answer as wire_answer
from tests.lambda_src.wire import tap


@dataclass(frozen=True)
class Place:
    """Buckets, table and queue as the stack makes them."""

    cloud: LocalCloud
    tail: str

    @property
    def environment(self) -> dict[str, str]:
        """What the stack tells the functions."""
        return {
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "UPLOADS_BUCKET_NAME": f"uploads-{self.tail}",
            "OUTPUT_BUCKET_NAME": f"output-{self.tail}",
            "QUARANTINE_BUCKET_NAME": f"quarantine-{self.tail}",
            "MANIFEST_TABLE_NAME": f"manifest-{self.tail}",
            "FILES_QUEUE_URL": self.cloud.client("sqs").get_queue_url(QueueName=f"files-{self.tail}")[
                "QueueUrl"
            ],
        }

    def upload(self, content: bytes, key: str = "incoming/sales.csv") -> JsonObject:
        """Upload a file; the event that S3 sends of it."""
        bucket = f"uploads-{self.tail}"
        answer = self.cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        upload = {"key": key, "size": len(content), "version-id": answer["VersionId"]}
        return {
            "id": str(uuid4()),
            "detail-type": "Object Created",
            "detail": {"bucket": {"name": bucket}, "object": upload},
        }

    def messages(self) -> list[str]:
        """What was sent to the queue since the last call."""
        received = self.cloud.client("sqs").receive_message(
            QueueUrl=self.environment["FILES_QUEUE_URL"], MaxNumberOfMessages=10
        )
        return [message["Body"] for message in received.get("Messages", [])]

    def records(self) -> dict[str, dict[str, Any]]:
        """The manifest, by file."""
        table = self.environment["MANIFEST_TABLE_NAME"]
        items = self.cloud.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
        return {item["file_id"]["S"]: item for item in items}

    def keys(self, name: str) -> list[str]:
        """The objects of a bucket, and nothing of uploads that were never completed."""
        s3, bucket = self.cloud.client("s3"), f"{name}-{self.tail}"
        assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
        return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture
def place(cloud: LocalCloud) -> Iterator[Place]:
    place = Place(cloud, uuid4().hex[:8])
    s3, buckets = cloud.client("s3"), [f"{name}-{place.tail}" for name in ("uploads", "output", "quarantine")]
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    cloud.client("sqs").create_queue(QueueName=f"files-{place.tail}")
    table = f"manifest-{place.tail}"
    cloud.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "file_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "file_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield place
    cloud.client("dynamodb").delete_table(TableName=table)
    cloud.client("sqs").delete_queue(QueueUrl=place.environment["FILES_QUEUE_URL"])


@pytest.fixture
def ingest_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    return load("ingest_file", place.environment, monkeypatch)


@pytest.fixture
def process_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    return load("process_file", place.environment, monkeypatch)


def batch(*bodies: str) -> JsonObject:
    arn = "arn:aws:sqs:us-east-1:000000000000:files"
    return {
        "Records": [
            {"messageId": f"m-{number}", "body": body, "eventSource": "aws:sqs", "eventSourceARN": arn}
            for number, body in enumerate(bodies)
        ]
    }


def process(process_file: Runtime, *bodies: str, seconds: int = 60) -> JsonObject:
    return process_file.handle(batch(*bodies), Context(remaining_ms=1000 * seconds))


def test_an_upload_becomes_one_record_and_a_message(place: Place, ingest_file: Runtime) -> None:
    event = place.upload(a_file())

    answer = ingest_file.handle(event)

    (message,) = place.messages()
    sent = json.loads(message)
    assert answer == {"file_id": sent["file_id"]}
    assert sent["version_id"] == event["detail"]["object"]["version-id"]  # type: ignore[index]  # JSON
    assert place.records()[sent["file_id"]]["status"] == {"S": "received"}
    assert metrics(ingest_file.output())["FilesReceived"] == 1


def test_an_event_that_comes_twice_makes_one_record_and_asks_again(
    place: Place, ingest_file: Runtime
) -> None:
    event = place.upload(a_file())

    for _ in range(2):
        ingest_file.handle(event)

    first, second = place.messages()
    assert first == second, "a message may have been lost in a crash; processing it twice does no harm"
    assert len(place.records()) == 1


def test_another_version_of_the_same_object_is_another_file(place: Place, ingest_file: Runtime) -> None:
    for content in (a_file(), a_file(SALE, SALE)):
        ingest_file.handle(place.upload(content))

    assert len(place.records()) == 2


def test_without_versions_nothing_is_taken_in_and_the_event_is_kept_by_lambda(
    place: Place, ingest_file: Runtime
) -> None:
    event = place.upload(a_file())
    del event["detail"]["object"]["version-id"]  # type: ignore[index]  # JSON

    with pytest.raises(ValueError, match="version-id"):
        ingest_file.handle(event)

    assert not place.records()


def test_the_catalogue_counts_as_it_was_when_the_file_arrived(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    place.upload(b"sku,category\nTOY-1,toys\n", key="reference/products.csv")
    ingest_file.handle(place.upload(a_file()))
    place.upload(b"sku,category\nTOY-1,games\n", key="reference/products.csv")

    process(process_file, *place.messages())

    (totals,) = (key for key in place.keys("output") if key.startswith("totals/"))
    body = place.cloud.client("s3").get_object(Bucket=f"output-{place.tail}", Key=totals)["Body"].read()
    assert ",toys,EUR," in gzip.decompress(body).decode()


def test_a_file_is_processed_and_added_up_once(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    ingest_file.handle(place.upload(a_file()))
    (message,) = place.messages()

    answers = [process(process_file, message, message) for _ in range(2)]

    assert answers == [{"batchItemFailures": []}] * 2
    counted = metrics(process_file.output())
    assert (counted["FilesProcessed"], counted["DuplicateFiles"]) == (1, 3)
    total = place.records()["total#EUR"]
    assert (total["files"]["N"], total["rows"]["N"], total["revenue"]["N"]) == ("1", "1", "19.98")
    assert sorted(key.partition("/")[0] for key in place.keys("output")) == [
        "manifest",
        "output",
        "rejects",
        "totals",
    ]
    assert ingest_file.handle(place.upload(a_file(), key="incoming/other.csv"))["file_id"]


def test_an_event_of_a_finished_file_asks_for_nothing(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    event = place.upload(a_file())
    ingest_file.handle(event)
    process(process_file, *place.messages())

    assert ingest_file.handle(event) == {"file_id": None}
    assert not place.messages()


def test_a_file_that_cannot_be_used_is_copied_and_explained(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    ingest_file.handle(place.upload(b"a,b\n1,2\n", key="incoming/deep/er.csv"))

    answer = process(process_file, *place.messages())

    (record,) = place.records().values()
    file_id = record["file_id"]["S"]
    assert answer == {"batchItemFailures": []}
    assert record["status"] == {"S": "quarantined"}
    assert sorted(place.keys("quarantine")) == [f"{file_id}/er.csv", f"{file_id}/reason.json"]
    assert not place.keys("output")


def test_a_crash_after_the_output_leaves_the_file_to_be_processed_again(
    place: Place, ingest_file: Runtime, process_file: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_file.handle(place.upload(a_file()))
    messages = place.messages()
    manifest = process_file.wiring.manifest

    def fails(*_: object, **__: object) -> None:
        raise ConnectionClosedError(endpoint_url="https://dynamodb.example")

    with monkeypatch.context() as broken:
        broken.setattr(manifest, "_transact", fails)
        answer = process(process_file, *messages)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
    assert "total#EUR" not in place.records()

    assert process(process_file, *messages) == {"batchItemFailures": []}
    assert place.records()["total#EUR"]["files"] == {"N": "1"}


def canceled(code: str) -> AWSResponse:
    """DynamoDB cancels a transaction because of its second item, the totals.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    reasons = [{"Code": "None"}, {"Code": code, "Message": "see the code"}]
    body: JsonObject = {
        "__type": "TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": reasons,
    }
    return wire_answer(400, body, "TransactionCanceledException")


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_files_that_end_together_are_added_to_the_totals_without_being_read_again(
    place: Place, ingest_file: Runtime, process_file: Runtime, code: str
) -> None:
    ingest_file.handle(place.upload(a_file()))
    transactions = tap(process_file.wiring.dynamodb, "TransactWriteItems")
    transactions.answer = lambda _: canceled(code) if len(transactions.requests) <= 2 else None

    assert process(process_file, *place.messages()) == {"batchItemFailures": []}

    assert len(transactions.requests) == 3
    assert len({each["ClientRequestToken"] for each in transactions.requests}) == 3
    assert place.records()["total#EUR"]["files"] == {"N": "1"}
    assert place.keys("output")


def test_a_conflict_that_stays_and_a_mistake_give_the_message_back(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    ingest_file.handle(place.upload(a_file()))
    messages, back = place.messages(), {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
    transactions = tap(
        process_file.wiring.dynamodb, "TransactWriteItems", lambda _: canceled("ValidationError")
    )

    assert process(process_file, *messages) == back
    assert len(transactions.requests) == 1

    transactions.answer = lambda _: canceled("TransactionConflict")
    assert process(process_file, *messages) == back
    assert len(transactions.requests) == 1 + 8
    assert "total#EUR" not in place.records()


def test_a_file_that_takes_too_long_leaves_no_upload_behind(
    place: Place, ingest_file: Runtime, process_file: Runtime
) -> None:
    ingest_file.handle(place.upload(a_file()))

    answer = process(process_file, *place.messages(), seconds=9)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
    assert not place.keys("output")


def test_a_malformed_message_fails_alone(place: Place, ingest_file: Runtime, process_file: Runtime) -> None:
    ingest_file.handle(place.upload(a_file()))
    (message,) = place.messages()

    answer = process(process_file, "nothing of ours", message)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}
    assert place.records()["total#EUR"]["files"] == {"N": "1"}


@pytest.mark.parametrize("handler", ["ingest_file", "process_file"])
def test_a_missing_setting_is_named_at_the_start(
    handler: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuntimeError, match="MANIFEST_TABLE_NAME"):
        load(handler, {**place.environment, "MANIFEST_TABLE_NAME": ""}, monkeypatch)
