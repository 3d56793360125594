"""Whether what an export wrote is there, and is what DynamoDB's manifests say."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from table_export.checksums import ReadError
from table_export.model import Kind
from table_export.objects import MissingError, Objects, Stored
from table_export.reading import DataFile, Files, Summary, records, summary_of

__all__ = ["Contents", "contents_of", "record_problems", "size_of"]

_THREADS: Final = 16
_BATCH: Final = 1_000
_PARTS: Final = {Kind.FULL: "Item", Kind.INCREMENTAL: "Keys"}


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an export wrote.

    Attributes:
        summary: what its summary says.
        files_md5: the checksum of the manifest of files.
        count: how many files there are.
        size: their bytes.
    """

    summary: Summary
    files_md5: str
    count: int
    size: int


def contents_of(objects: Objects, export_arn: str, table: str, kind: Kind) -> Contents:
    """What the export wrote, once all of it is there; no data is read.

    Raises:
        ReadError: something is missing or is not what the manifests say.
    """
    summary = summary_of(objects, export_arn)
    for name, found, wanted in (
        ("export", summary.export, export_arn),
        ("table", summary.table, table),
        ("type", summary.kind, kind),
    ):
        if found != wanted:
            raise ReadError(f"the summary of {export_arn} is of the {name} {found}, and not of {wanted}")
    files = Files(objects, summary.files)
    size = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        each = iter(files)
        while batch := list(islice(each, _BATCH)):
            size += sum(pool.map(lambda file: size_of(objects, file), batch))
    if files.items != summary.items:
        raise ReadError(f"{summary.files} names {files.items} records, and the summary {summary.items}")
    return Contents(summary=summary, files_md5=files.md5, count=files.count, size=size)


def record_problems(objects: Objects, file: DataFile, kind: Kind) -> Iterator[str]:
    """What is wrong with the data of `file`, which is read as a stream."""
    part = _PARTS[kind]
    strange = 0
    try:
        for record in records(objects, file):
            strange += not (isinstance(record, dict) and isinstance(record.get(part), dict))
    except ReadError as error:
        yield str(error)
    if strange:
        yield f"{file.key} has {strange} records without {part}"


def size_of(objects: Objects, file: DataFile) -> int:
    """The bytes of `file`, which S3 is asked for.

    Raises:
        ReadError: it is not there, or not what DynamoDB has written.
    """
    try:
        stored: Stored = objects.head(file.key)
    except MissingError as error:
        raise ReadError(str(error)) from error
    if stored.etag and stored.etag != file.etag:
        raise ReadError(f"{file.key} has the etag {stored.etag}, and its manifest says {file.etag}")
    return stored.size
