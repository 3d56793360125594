"""Exports to S3: what is in the bucket, what is said of it, and what is refused.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.recoverable import EAST, QUICK, WEST, Table, code, make, next_second

INCREMENTAL = "INCREMENTAL_EXPORT"


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings=QUICK) as running:
        yield running


@pytest.fixture
def table(cloud: LocalCloud) -> Table:
    made = make(cloud)
    made.remember()
    return made


@pytest.fixture
def bucket(cloud: LocalCloud) -> str:
    name = f"exports-{uuid4().hex[:8]}"
    cloud.client("s3").create_bucket(Bucket=name)
    return name


def begin(table: Table, bucket: str, **settings: Any) -> dict[str, Any]:
    answer = table.client.export_table_to_point_in_time(TableArn=table.arn, S3Bucket=bucket, **settings)
    described: dict[str, Any] = answer["ExportDescription"]
    return described


def describe(table: Table, arn: str) -> dict[str, Any]:
    described: dict[str, Any] = table.client.describe_export(ExportArn=arn)["ExportDescription"]
    return described


def ended(table: Table, begun: dict[str, Any]) -> dict[str, Any]:
    eventually(
        lambda: describe(table, begun["ExportArn"])["ExportStatus"] != "IN_PROGRESS", "the export to end"
    )
    return describe(table, begun["ExportArn"])


def export(table: Table, bucket: str, **settings: Any) -> dict[str, Any]:
    return ended(table, begin(table, bucket, **settings))


def window(start: int, end: int, **view: str) -> dict[str, Any]:
    specification = {"ExportFromTime": start, "ExportToTime": end, **view}
    return {"ExportType": INCREMENTAL, "IncrementalExportSpecification": specification}


class Objects:
    """What an export has written, found from its manifest on."""

    def __init__(self, cloud: LocalCloud, described: dict[str, Any]) -> None:
        self._s3 = cloud.client("s3")
        self.bucket = described["S3Bucket"]
        self.manifest = described["ExportManifest"]

    def read(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    @property
    def summary(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.read(self.manifest))
        return said

    @property
    def files(self) -> list[dict[str, Any]]:
        text = self.read(self.summary["manifestFilesS3Key"]).decode()
        return [json.loads(line) for line in text.splitlines()]

    @property
    def rows(self) -> list[dict[str, Any]]:
        bodies = [self.read(file["dataFileS3Key"]) for file in self.files]
        return [json.loads(line) for body in bodies for line in gzip.decompress(body).decode().splitlines()]

    @property
    def values(self) -> dict[str, str]:
        return {row["Item"]["id"]["S"]: row["Item"]["value"]["S"] for row in self.rows}


def md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def test_export_is_in_progress_until_its_objects_are_there(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    table.put(a="1", b="2")

    begun = begin(table, bucket)
    described = ended(table, begun)

    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert "ExportManifest" not in begun
    assert described["ExportStatus"] == "COMPLETED"
    assert described["ItemCount"] == 2
    assert described["BilledSizeBytes"] > 0
    assert described["EndTime"] > described["StartTime"] >= described["ExportTime"]
    assert described["ClientToken"]
    assert Objects(cloud, described).values == {"a": "1", "b": "2"}


def test_objects_are_where_aws_puts_those_of_a_full_export(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    described = export(table, bucket, S3Prefix="shop/orders")

    keys = {each["Key"] for each in cloud.client("s3").list_objects_v2(Bucket=bucket)["Contents"]}
    folder = f"shop/orders/AWSDynamoDB/{described['ExportArn'].rpartition('/')[2]}"
    data = {key for key in keys if key.startswith(f"{folder}/data/") and key.endswith(".json.gz")}
    names = ("_started", "manifest-files.json", "manifest-files.md5", "manifest-summary.json")
    assert keys - data == {f"{folder}/{name}" for name in (*names, "manifest-summary.md5")}
    assert described["ExportManifest"] == f"{folder}/manifest-summary.json"
    assert {file["dataFileS3Key"] for file in Objects(cloud, described).files} == data


def test_manifests_agree_with_what_is_stored(cloud: LocalCloud, table: Table, bucket: str) -> None:
    table.put(**{f"k{number}": "v" for number in range(20)})
    described = export(table, bucket)
    objects = Objects(cloud, described)

    for name in ("manifest-summary", "manifest-files"):
        folder = objects.manifest.rpartition("/")[0]
        assert md5(objects.read(f"{folder}/{name}.json")) == objects.read(f"{folder}/{name}.md5").decode()
    for file in objects.files:
        body = objects.read(file["dataFileS3Key"])
        head = cloud.client("s3").head_object(Bucket=bucket, Key=file["dataFileS3Key"])
        assert file["md5Checksum"] == md5(body)
        assert file["etag"] == head["ETag"].strip('"')
        assert file["itemCount"] == len(gzip.decompress(body).splitlines())
    assert sum(file["itemCount"] for file in objects.files) == objects.summary["itemCount"] == 20
    assert objects.summary["exportArn"] == described["ExportArn"]
    assert objects.summary["billedSizeBytes"] == described["BilledSizeBytes"]


def test_export_is_of_the_moment_asked_for(cloud: LocalCloud, table: Table, bucket: str) -> None:
    table.put(a="1", b="1")
    moment = next_second()
    table.put(a="2")
    table.delete("b")

    described = export(table, bucket, ExportTime=moment)

    assert Objects(cloud, described).values == {"a": "1", "b": "1"}
    assert described["ExportTime"].timestamp() == moment


def test_writes_after_the_request_are_not_in_the_export(cloud: LocalCloud, table: Table, bucket: str) -> None:
    table.put(a="1")
    begun = begin(table, bucket)
    table.put(b="1")

    assert Objects(cloud, ended(table, begun)).values == {"a": "1"}


def _changes(table: Table) -> tuple[int, int]:
    """A window in which an item was inserted, one updated, one deleted, and one was there only within."""
    table.put(updated="1", deleted="1", untouched="1")
    start = next_second()
    table.put(inserted="1", updated="2", passing="1")
    table.put(updated="3")
    table.delete("deleted", "passing")
    end = next_second()
    table.put(inserted="9", later="1")
    return start, end


def _item(key: str, value: str) -> dict[str, Any]:
    return {"id": {"S": key}, "value": {"S": value}}


def test_incremental_export_has_what_changed_with_both_images(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    start, end = _changes(table)

    described = export(table, bucket, **window(start, end))

    objects = Objects(cloud, described)
    rows = {row["Keys"]["id"]["S"]: row for row in objects.rows}
    assert {key: (row.get("OldImage"), row.get("NewImage")) for key, row in rows.items()} == {
        "inserted": (None, _item("inserted", "1")),
        "updated": (_item("updated", "1"), _item("updated", "3")),
        "deleted": (_item("deleted", "1"), None),
    }
    for row in rows.values():
        written = int(row["Metadata"]["WriteTimestampMicros"]["N"])
        assert start * 1_000_000 <= written < end * 1_000_000
    assert objects.summary["outputView"] == "NEW_AND_OLD_IMAGES"
    assert described["ItemCount"] == 3


def test_incremental_export_of_new_images_has_no_old_ones(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    start, end = _changes(table)

    described = export(table, bucket, **window(start, end, ExportViewType="NEW_IMAGE"))

    rows = {row["Keys"]["id"]["S"]: row for row in Objects(cloud, described).rows}
    assert not any("OldImage" in row for row in rows.values())
    assert rows["updated"]["NewImage"] == _item("updated", "3")
    assert set(rows["deleted"]) == {"Metadata", "Keys"}
    assert described["IncrementalExportSpecification"]["ExportViewType"] == "NEW_IMAGE"


def test_full_export_and_the_window_after_it_make_the_table(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    table.put(a="1", b="1")
    start = next_second()
    table.put(a="2", c="1")
    table.delete("b")
    end = next_second()
    full = Objects(cloud, export(table, bucket, ExportTime=start))
    increment = Objects(cloud, export(table, bucket, **window(start, end)))

    values = full.values
    for row in increment.rows:
        key = row["Keys"]["id"]["S"]
        values.pop(key, None)
        if "NewImage" in row:
            values[key] = row["NewImage"]["value"]["S"]

    assert values == table.values


def test_incremental_exports_share_a_folder_and_their_manifests_tell_them_apart(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    first = next_second()
    table.put(a="1")
    second = next_second()
    table.put(b="1")
    third = next_second()

    exports = [
        Objects(cloud, export(table, bucket, **window(*each))) for each in ((first, second), (second, third))
    ]

    assert all(
        file["dataFileS3Key"].startswith("AWSDynamoDB/data/") for each in exports for file in each.files
    )
    assert [[row["Keys"]["id"]["S"] for row in each.rows] for each in exports] == [["a"], ["b"]]


def test_objects_are_encrypted_as_asked_for(cloud: LocalCloud, table: Table, bucket: str) -> None:
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    described = export(table, bucket, S3SseAlgorithm="KMS", S3SseKmsKeyId=key)

    objects = Objects(cloud, described)
    for name in (described["ExportManifest"], objects.files[0]["dataFileS3Key"]):
        head = cloud.client("s3").head_object(Bucket=bucket, Key=name)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)
    assert objects.summary["s3SseAlgorithm"] == "KMS"
    assert objects.summary["s3SseKmsKeyId"] == key


def test_versioned_bucket_keeps_a_version_of_each_object(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    s3 = cloud.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    described = export(table, bucket)

    versions = s3.list_object_versions(Bucket=bucket, Prefix=described["ExportManifest"])["Versions"]
    assert len(versions) == 1
    assert versions[0]["VersionId"] != "null"


def test_export_to_a_bucket_that_is_not_there_begins_and_fails(table: Table) -> None:
    begun = begin(table, f"missing-{uuid4().hex[:8]}")

    described = ended(table, begun)

    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert described["ExportStatus"] == "FAILED"
    assert described["FailureCode"] == "S3NoSuchBucket"
    assert "bucket does not exist" in described["FailureMessage"]
    assert "ExportManifest" not in described


def test_export_to_another_owners_bucket_fails(table: Table, bucket: str) -> None:
    assert export(table, bucket, S3BucketOwner="111111111111")["FailureCode"] == "S3NoSuchBucket"


def test_next_export_of_a_table_can_be_made_to_fail(cloud: LocalCloud, table: Table, bucket: str) -> None:
    cloud.fail_next_export(EAST, table.name, code="S3AccessDenied", message="Access Denied")

    failed, next_one = export(table, bucket), export(table, bucket)

    assert (failed["ExportStatus"], failed["FailureCode"]) == ("FAILED", "S3AccessDenied")
    assert failed["FailureMessage"] == "Access Denied"
    assert next_one["ExportStatus"] == "COMPLETED"


def test_export_goes_on_when_its_table_is_deleted(cloud: LocalCloud, table: Table, bucket: str) -> None:
    table.put(a="1")
    begun = begin(table, bucket)
    table.client.delete_table(TableName=table.name)

    assert Objects(cloud, ended(table, begun)).values == {"a": "1"}


def test_same_token_is_the_same_export(table: Table, bucket: str) -> None:
    token = str(uuid4())

    first, again = (begin(table, bucket, ClientToken=token) for _ in range(2))
    ended(table, first)

    assert again["ExportArn"] == first["ExportArn"]
    assert begin(table, bucket, ClientToken=token)["ExportStatus"] == "COMPLETED"


def test_fails_for_a_token_with_other_parameters(table: Table, bucket: str) -> None:
    token = str(uuid4())
    begin(table, bucket, ClientToken=token)

    with pytest.raises(ClientError, match="Duplicate request detected") as raised:
        begin(table, bucket, ClientToken=token, S3Prefix="elsewhere")
    assert code(raised.value) == "ExportConflictException"


def test_refused_request_does_not_use_up_its_token(table: Table, bucket: str) -> None:
    token = str(uuid4())
    with pytest.raises(ClientError):
        begin(table, bucket, ClientToken=token, ExportTime=int(time.time()) + 60)

    assert begin(table, bucket, ClientToken=token)["ExportStatus"] == "IN_PROGRESS"


def test_fails_without_recovery(cloud: LocalCloud, bucket: str) -> None:
    with pytest.raises(ClientError, match="Point in time recovery is not enabled") as raised:
        begin(make(cloud), bucket)

    assert code(raised.value) == "PointInTimeRecoveryUnavailableException"


def test_fails_for_a_table_that_is_not_in_the_region(cloud: LocalCloud, table: Table, bucket: str) -> None:
    with pytest.raises(ClientError) as raised:
        cloud.client("dynamodb", WEST).export_table_to_point_in_time(TableArn=table.arn, S3Bucket=bucket)

    assert code(raised.value) == "TableNotFoundException"


@pytest.mark.parametrize("offset", [-3600, 3600], ids=["before recovery was on", "in the future"])
def test_fails_for_a_time_outside_the_window(table: Table, bucket: str, offset: int) -> None:
    with pytest.raises(ClientError) as raised:
        begin(table, bucket, ExportTime=int(time.time()) + offset)

    assert code(raised.value) == "InvalidExportTimeException"


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 60), (-3600, 0), (0, 0), (0, -1)],
    ids=["ends in the future", "begins before recovery", "spans nothing", "goes backwards"],
)
def test_fails_for_a_span_outside_the_window(table: Table, bucket: str, start: int, end: int) -> None:
    now = next_second()

    with pytest.raises(ClientError) as raised:
        begin(table, bucket, **window(now + start, now + end))
    assert code(raised.value) == "InvalidExportTimeException"


def test_fails_for_a_span_of_less_than_a_quarter_of_an_hour() -> None:
    with LocalCloud() as cloud:
        table = make(cloud)
        table.remember()
        start = next_second()
        end = next_second()

        with pytest.raises(ClientError, match="Difference between export period") as raised:
            begin(table, "any-bucket", **window(start, end))
        assert code(raised.value) == "InvalidExportTimeException"


@pytest.mark.parametrize(
    "settings",
    [
        {"ExportFormat": "ION"},
        {"ExportFormat": "CSV"},
        {"ExportType": INCREMENTAL},
        {"IncrementalExportSpecification": {"ExportFromTime": 1}},
        {"ExportType": INCREMENTAL, "IncrementalExportSpecification": {"ExportToTime": 1}},
        {"S3SseAlgorithm": "ROT13"},
        {"FilterSpecification": {"FilterExpression": "a = b"}},
    ],
    ids=str,
)
def test_fails_for_what_is_not_an_export_here(table: Table, bucket: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as raised:
        begin(table, bucket, **settings)

    assert code(raised.value) == "ValidationException"


def test_fails_to_describe_what_is_not_there(table: Table) -> None:
    with pytest.raises(ClientError) as raised:
        describe(table, f"{table.arn}/export/01695097218000-d6299cbd")
    assert code(raised.value) == "ExportNotFoundException"
    with pytest.raises(ClientError, match="Invalid Export ARN"):
        describe(table, table.arn)


def test_exports_of_a_table_are_listed_in_pages_newest_first(
    cloud: LocalCloud, table: Table, bucket: str
) -> None:
    other = make(cloud)
    other.remember()
    begin(other, bucket)
    begun = [begin(table, bucket) for _ in range(3)]
    for each in begun:
        ended(table, each)
    client = table.client

    first = client.list_exports(TableArn=table.arn, MaxResults=2)
    rest = client.list_exports(TableArn=table.arn, MaxResults=2, NextToken=first["NextToken"])

    found = [*first["ExportSummaries"], *rest["ExportSummaries"]]
    assert [each["ExportArn"] for each in found] == sorted(
        (each["ExportArn"] for each in begun), reverse=True
    )
    assert {(each["ExportStatus"], each["ExportType"]) for each in found} == {("COMPLETED", "FULL_EXPORT")}
    assert "NextToken" not in rest


def test_fails_with_three_hundred_exports_under_way() -> None:
    with LocalCloud(settings={"LOCAL_CLOUD_EXPORT_SECONDS": "3600"}) as crowded:
        table = make(crowded)
        table.remember()
        for _ in range(300):
            begin(table, "any-bucket")

        with pytest.raises(ClientError) as raised:
            begin(table, "any-bucket")
        assert code(raised.value) == "LimitExceededException"
