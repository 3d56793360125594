"""What DynamoDB writes to S3 for an export: data files, the manifest of the files and the manifest of the export.

A full export has its data beside its manifests, under its own id. Incremental exports with one prefix share a folder
of data, so that only a manifest tells which files belong to which export.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.table_history import Change, Item

__all__ = [
    "DataFile",
    "Layout",
    "Row",
    "changed",
    "checksum",
    "data_files",
    "files_manifest",
    "present",
    "summary",
]

_FEWEST_PARTITIONS = 4
_ITEMS_A_PARTITION = 1000
_FORMAT = "DYNAMODB_JSON"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a data file, and the text of the partition key that decides in which file it is."""

    partition: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the objects of one export are.

    Attributes:
        export_id: what follows `export/` in the ARN of the export.
        prefix: what all keys of the export begin with; may be empty.
        incremental: whether the data is in the folder that incremental exports share.
    """

    export_id: str
    prefix: str
    incremental: bool

    def manifest(self, name: str) -> str:
        """The key of an object that belongs to this export alone."""
        return f"{self._root}/{self.export_id}/{name}"

    def data(self, name: str) -> str:
        """The key of a data file."""
        return f"{self._root}/data/{name}" if self.incremental else self.manifest(f"data/{name}")

    @property
    def _root(self) -> str:
        return f"{self.prefix}/AWSDynamoDB" if self.prefix else "AWSDynamoDB"


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One data file: its key, how many items are in it, and its bytes."""

    key: str
    items: int
    body: bytes


def present(items: Iterable[Item], partition_key: str) -> list[Row]:
    """The rows of a full export."""
    return [Row(partition=json.dumps(item[partition_key]), content={"Item": item}) for item in items]


def changed(changes: Iterable[Change], key_names: Iterable[str], *, old_images: bool) -> list[Row]:
    """The rows of an incremental export.

    Every row has the key. The new image is there unless the item was deleted, the old one, where old images are
    wanted at all, unless the item was inserted.
    """
    names = list(key_names)
    rows = []
    for change in changes:
        item = change.after if change.after is not None else change.before or {}
        written = {"WriteTimestampMicros": {"N": str(round(change.moment * 1_000_000))}}
        content: dict[str, Any] = {"Metadata": written, "Keys": {name: item[name] for name in names}}
        if change.before is not None and old_images:
            content["OldImage"] = change.before
        if change.after is not None:
            content["NewImage"] = change.after
        rows.append(Row(partition=json.dumps(item[names[0]]), content=content))
    return rows


def data_files(layout: Layout, rows: list[Row]) -> list[DataFile]:
    """One compressed file a partition; one without items is empty."""
    count = max(_FEWEST_PARTITIONS, -(-len(rows) // _ITEMS_A_PARTITION))
    partitions: list[list[str]] = [[] for _ in range(count)]
    for row in rows:
        number = int.from_bytes(_md5(row.partition.encode()), "big") % count
        partitions[number].append(json.dumps(row.content, separators=(",", ":")) + "\n")
    return [
        DataFile(
            key=layout.data(
                f"{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}.json.gz"
            ),
            items=len(lines),
            body=gzip.compress("".join(lines).encode(), mtime=0),
        )
        for lines in partitions
    ]


def files_manifest(files: Iterable[tuple[DataFile, str]]) -> bytes:
    """The content of `manifest-files.json` for data files with their ETags: one JSON object a line."""
    lines = (
        {
            "itemCount": file.items,
            "md5Checksum": checksum(file.body),
            "etag": etag,
            "dataFileS3Key": file.key,
        }
        for file, etag in files
    )
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()


def summary(described: Mapping[str, Any], layout: Layout) -> bytes:
    """The content of `manifest-summary.json` for an export that has ended, as DescribeExport describes it."""
    window = described.get("IncrementalExportSpecification")
    content: dict[str, Any] = {
        "version": "2023-08-01" if window else "2020-06-30",
        "exportArn": described["ExportArn"],
        "startTime": _moment(described["StartTime"]),
        "endTime": _moment(described["EndTime"]),
        "tableArn": described["TableArn"],
        "tableId": described["TableId"],
    }
    if window:
        content["exportFromTime"] = _moment(window["ExportFromTime"])
        content["exportToTime"] = _moment(window["ExportToTime"])
    else:
        content["exportTime"] = _moment(described["ExportTime"])
    content |= {
        "s3Bucket": described["S3Bucket"],
        "s3Prefix": described.get("S3Prefix"),
        "s3SseAlgorithm": described.get("S3SseAlgorithm"),
        "s3SseKmsKeyId": described.get("S3SseKmsKeyId"),
        "manifestFilesS3Key": layout.manifest("manifest-files.json"),
        "billedSizeBytes": described["BilledSizeBytes"],
        "itemCount": described["ItemCount"],
        "outputFormat": _FORMAT,
    }
    if window:
        content["outputView"] = window["ExportViewType"]
    content["exportType"] = "INCREMENTAL_EXPORT" if window else "FULL_EXPORT"
    return json.dumps(content, separators=(",", ":")).encode()


def checksum(body: bytes) -> str:
    """The MD5 of an object as manifests and checksum files have it: base64, not hexadecimal."""
    return base64.b64encode(_md5(body)).decode()


def _md5(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).digest()


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
