"""What DynamoDB writes: two manifests with their checksums, and compressed files of one JSON document a line.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from table_export.checksums import Hashed, ReadError, check, hexadecimal, md5_of, read_bytes
from table_export.model import Kind
from table_export.objects import MissingError, Objects

__all__ = ["EXPORTS", "DataFile", "Files", "Summary", "records", "summary_of"]

EXPORTS: Final = "AWSDynamoDB/"
"""What the keys of all that DynamoDB writes start with, after the prefix."""
_LONGEST_LINE: Final = 8 * 1024 * 1024
"""Bytes of a record: two images of an item of 400 KB, its keys, and their JSON."""
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A file of data as the manifest names it.

    Attributes:
        key: its key.
        items: how many items or changes it holds.
        md5: the checksum of the compressed bytes, hexadecimal.
        etag: what S3 gave it.
    """

    key: str
    items: int
    md5: str
    etag: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the summary of an export says.

    Attributes:
        export: the ARN of the export.
        table: the ARN of the table.
        kind: full or incremental.
        items: how many items or changes there are.
        files: the key of the manifest of files.
        md5: the summary's own checksum.
    """

    export: str
    table: str
    kind: Kind
    items: int
    files: str
    md5: str


def summary_of(objects: Objects, export_arn: str) -> Summary:
    """The summary of the export.

    Raises:
        ReadError: it is not there, or not as it was written.
    """
    key = f"{EXPORTS}{export_arn.rpartition('/')[2]}/manifest-summary.json"
    try:
        body = read_bytes(objects, key)
    except MissingError as error:
        raise ReadError(str(error)) from error
    md5 = md5_of(body)
    check(objects, key, md5)
    try:
        given = json.loads(body)
        return Summary(
            export=given["exportArn"],
            table=given["tableArn"],
            # Summaries of full exports from before there were others don't say so.
            kind=Kind(given.get("exportType") or Kind.FULL),
            items=int(given["itemCount"]),
            files=_local(given["manifestFilesS3Key"]),
            md5=md5,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReadError(f"{key} can't be read: {error!r}") from error


class Files:
    """The files of an export, read one after the other; then `md5` and `items` are known."""

    def __init__(self, objects: Objects, key: str) -> None:
        """Read the manifest `key`."""
        self._objects = objects
        self._key = key
        self.md5 = ""
        self.items = 0
        self.count = 0

    def __iter__(self) -> Iterator[DataFile]:
        """Each file.

        Raises:
            ReadError: the manifest is not there, or not as it was written.
        """
        try:
            stream = self._objects.open(self._key)
        except MissingError as error:
            raise ReadError(str(error)) from error
        with closing(stream):
            hashed = Hashed(stream)
            with io.BufferedReader(hashed, _CHUNK) as lines:
                for line in iter(lambda: lines.readline(_LONGEST_LINE), b""):
                    if line.strip():
                        file = self._file(line)
                        self.items += file.items
                        self.count += 1
                        yield file
        self.md5 = hashed.md5.hexdigest()
        check(self._objects, self._key, self.md5)

    def _file(self, line: bytes) -> DataFile:
        try:
            given = json.loads(line)
            return DataFile(
                key=_local(given["dataFileS3Key"]),
                items=int(given["itemCount"]),
                md5=hexadecimal(given["md5Checksum"]),
                etag=str(given["etag"]).strip('"'),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ReadError(f"{self._key} can't be read: {error!r}") from error


def records(objects: Objects, file: DataFile) -> Iterator[Any]:
    """The items or changes of `file`, one at a time.

    Raises:
        ReadError: it is not there, or not as it was written; only at its end this is known.
    """
    try:
        stream = objects.open(file.key)
    except MissingError as error:
        raise ReadError(str(error)) from error
    count = 0
    with closing(stream):
        hashed = Hashed(stream)
        try:
            # An export of an empty partition has an empty file, which is no compressed one.
            with io.BufferedReader(hashed, _CHUNK) as raw:
                if raw.peek(1):
                    with gzip.GzipFile(fileobj=raw) as lines:
                        for line in iter(lambda: lines.readline(_LONGEST_LINE), b""):
                            count += 1
                            yield json.loads(line)
                while raw.read(_CHUNK):
                    pass
        except (EOFError, OSError, zlib.error, ValueError) as error:
            raise ReadError(f"{file.key} can't be read after {count} records: {error}") from error
    if hashed.md5.hexdigest() != file.md5:
        raise ReadError(f"{file.key} has the md5 {hashed.md5.hexdigest()}, and its manifest says {file.md5}")
    if count != file.items:
        raise ReadError(f"{file.key} has {count} records, and its manifest says {file.items}")


def _local(key: str) -> str:
    """A key of the bucket as it is below the table's folder, wherever a copy of that lies."""
    _, found, rest = str(key).rpartition(EXPORTS)
    if not found or ".." in rest.split("/"):
        raise ValueError(f"{key} is no key of an export")
    return found + rest
