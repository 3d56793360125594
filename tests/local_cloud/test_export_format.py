"""The objects of an export, against the format that AWS documents.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import hashlib
import json
from typing import Any

import pytest

from local_cloud import export_format
from local_cloud.export_format import Layout, Row
from local_cloud.table_history import Change

OLD = {"id": {"S": "1"}, "at": {"N": "7"}, "v": {"S": "old"}}
NEW = {"id": {"S": "1"}, "at": {"N": "7"}, "v": {"S": "new"}}
KEYS = {"id": {"S": "1"}, "at": {"N": "7"}}
FULL = Layout(export_id="01-a", prefix="", incremental=False)
DESCRIBED = {
    "ExportArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/export/01-a",
    "StartTime": 1_700_000_000.5,
    "EndTime": 1_700_000_060.25,
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t",
    "TableId": "id",
    "S3Bucket": "bucket",
    "BilledSizeBytes": 10,
    "ItemCount": 2,
}


def test_full_export_has_its_data_beside_its_manifests() -> None:
    layout = Layout(export_id="01-a", prefix="2026/nov", incremental=False)

    assert layout.manifest("manifest-summary.json") == "2026/nov/AWSDynamoDB/01-a/manifest-summary.json"
    assert layout.data("x.json.gz") == "2026/nov/AWSDynamoDB/01-a/data/x.json.gz"


def test_incremental_exports_share_a_folder_of_data() -> None:
    layout = Layout(export_id="01-a", prefix="", incremental=True)

    assert layout.manifest("_started") == "AWSDynamoDB/01-a/_started"
    assert layout.data("x.json.gz") == "AWSDynamoDB/data/x.json.gz"


@pytest.mark.parametrize(
    ("before", "after", "both", "new_only"),
    [
        (None, NEW, {"NewImage": NEW}, {"NewImage": NEW}),
        (OLD, NEW, {"OldImage": OLD, "NewImage": NEW}, {"NewImage": NEW}),
        (OLD, None, {"OldImage": OLD}, {}),
    ],
    ids=["insert", "update", "delete"],
)
def test_images_of_an_incremental_export_depend_on_the_change_and_the_view(
    before: Any, after: Any, both: dict[str, Any], new_only: dict[str, Any]
) -> None:
    change = Change(moment=1_700_000_000.123456, key=("1", "7"), before=before, after=after)
    always = {"Metadata": {"WriteTimestampMicros": {"N": "1700000000123456"}}, "Keys": KEYS}

    rows = {old: export_format.changed([change], ["id", "at"], old_images=old) for old in (True, False)}

    assert rows[True][0].content == {**always, **both}
    assert rows[False][0].content == {**always, **new_only}


def test_every_row_is_in_exactly_one_of_several_data_files() -> None:
    rows = export_format.present(({"id": {"S": str(number)}} for number in range(2500)), "id")

    files = export_format.data_files(FULL, rows)

    lines = [gzip.decompress(file.body).decode().splitlines() for file in files]
    assert [len(each) for each in lines] == [file.items for file in files]
    assert sorted(json.loads(line)["Item"]["id"]["S"] for each in lines for line in each) == sorted(
        str(number) for number in range(2500)
    )
    assert len({file.key for file in files}) == len(files) > 1
    assert all(file.items for file in files)


def test_large_table_has_more_files_than_a_small_one() -> None:
    few, many = (
        export_format.data_files(FULL, [Row(partition=str(n), content={}) for n in range(count)])
        for count in (10, 9000)
    )

    assert len(few) < len(many)


def test_items_with_one_partition_key_are_in_one_file() -> None:
    items = ({"id": {"S": "1"}, "at": {"N": str(number)}} for number in range(50))

    files = export_format.data_files(FULL, export_format.present(items, "id"))

    assert sorted(file.items for file in files)[-2:] == [0, 50]


def test_empty_table_has_empty_data_files() -> None:
    files = export_format.data_files(FULL, [])

    assert files
    assert all(file.items == 0 and gzip.decompress(file.body) == b"" for file in files)


def test_files_manifest_has_a_line_a_file_with_the_checksum_of_what_is_stored() -> None:
    files = export_format.data_files(FULL, [Row(partition="1", content={"Item": NEW})])

    lines = export_format.files_manifest((file, "tag") for file in files).decode().splitlines()

    assert [json.loads(line) for line in lines] == [
        {
            "itemCount": file.items,
            "md5Checksum": base64.b64encode(hashlib.md5(file.body, usedforsecurity=False).digest()).decode(),
            "etag": "tag",
            "dataFileS3Key": file.key,
        }
        for file in files
    ]


def test_summary_of_a_full_export() -> None:
    described = {**DESCRIBED, "ExportTime": 1_700_000_000, "S3SseAlgorithm": "AES256"}

    assert json.loads(export_format.summary(described, FULL)) == {
        "version": "2020-06-30",
        "exportArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/export/01-a",
        "startTime": "2023-11-14T22:13:20.500Z",
        "endTime": "2023-11-14T22:14:20.250Z",
        "tableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t",
        "tableId": "id",
        "exportTime": "2023-11-14T22:13:20.000Z",
        "s3Bucket": "bucket",
        "s3Prefix": None,
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": "AWSDynamoDB/01-a/manifest-files.json",
        "billedSizeBytes": 10,
        "itemCount": 2,
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }


def test_summary_of_an_incremental_export_has_its_window_and_its_view() -> None:
    window = {
        "ExportFromTime": 1_700_000_000,
        "ExportToTime": 1_700_003_600,
        "ExportViewType": "NEW_IMAGE",
    }
    layout = Layout(export_id="01-a", prefix="p", incremental=True)
    described = {**DESCRIBED, "S3Prefix": "p", "IncrementalExportSpecification": window}

    said = json.loads(export_format.summary(described, layout))

    assert said["version"] == "2023-08-01"
    assert said["exportFromTime"] == "2023-11-14T22:13:20.000Z"
    assert said["exportToTime"] == "2023-11-14T23:13:20.000Z"
    assert said["outputView"] == "NEW_IMAGE"
    assert said["exportType"] == "INCREMENTAL_EXPORT"
    assert said["manifestFilesS3Key"] == "p/AWSDynamoDB/01-a/manifest-files.json"
    assert "exportTime" not in said
