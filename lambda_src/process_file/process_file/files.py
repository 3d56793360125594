"""Files in S3, streamed in both directions."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from smart_open import s3

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from mypy_boto3_s3 import S3Client

    from process_file.models import Upload

__all__ = ["CATALOGUE_KEY", "S3Files"]

CATALOGUE_KEY: Final = "reference/products.csv"
"""In the bucket of uploads: the category of each SKU, with the columns sku and category."""
_PART_BYTES: Final = 8 * 1024**2
"""Of an upload in parts, of which there are 10,000 at most: 80 GB.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""
_READ_BYTES: Final = 1024**2
_MOST_CATALOGUE_BYTES: Final = 16 * 1024**2

# The client retries by itself, within the time that there is; smart_open would wait a minute on top.
s3.RETRY.attempts = 1


class CatalogueError(Exception):
    """The catalogue cannot be used, nor can a file that arrived with it: a correction counts for later uploads."""


class S3Files:
    """Uploads in one bucket, output in another, quarantine in a third."""

    def __init__(self, client: S3Client, *, output: str, quarantine: str, uploads: str) -> None:
        """Write to the buckets `output` and `quarantine`; the catalogue is in `uploads`."""
        self._client = client
        self._output = output
        self._quarantine = quarantine
        self._uploads = uploads

    def read(self, upload: Upload) -> AbstractContextManager[BinaryIO]:
        """Stream that version; what is in memory is a buffer."""
        reader = s3.open(
            upload.bucket,
            upload.key,
            "rb",
            version_id=upload.version_id,
            buffer_size=_READ_BYTES,
            client=self._client,
        )
        return cast("AbstractContextManager[BinaryIO]", reader)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        """An upload in parts: completed at the end of the block, aborted when the block fails."""
        with s3.open(self._output, key, "wb", min_part_size=_PART_BYTES, client=self._client) as target:
            yield cast("BinaryIO", target)

    def categories(self, version: str | None) -> dict[str, str]:
        """Read that version of the catalogue as a whole."""
        if version is None:
            return {}
        answer = self._client.get_object(Bucket=self._uploads, Key=CATALOGUE_KEY, VersionId=version)
        if answer["ContentLength"] > _MOST_CATALOGUE_BYTES:
            raise CatalogueError(f"{CATALOGUE_KEY} has {answer['ContentLength']} bytes.")
        text = io.StringIO(answer["Body"].read().decode("utf-8-sig"), newline="")
        try:
            return {row["sku"]: row["category"] for row in csv.DictReader(text, strict=True)}
        except (KeyError, csv.Error) as error:
            raise CatalogueError(f"{CATALOGUE_KEY} is no CSV with sku and category.") from error

    def quarantine(self, upload: Upload, reason: str) -> None:
        """Copy that version, in parts if it is large, and write the reason beside it."""
        source = {"Bucket": upload.bucket, "Key": upload.key, "VersionId": upload.version_id}
        key = f"{upload.file_id}/{upload.key.rpartition('/')[2]}"
        # Without the tags: nobody needs them there, and reading them would take one more permission.
        untagged = {"TaggingDirective": "REPLACE"}
        self._client.copy(cast("Any", source), self._quarantine, key, ExtraArgs=untagged)
        self._put(self._quarantine, f"{upload.file_id}/reason.json", {"reason": reason, "source": source})

    def record(self, key: str, document: dict[str, object]) -> None:
        """Write a JSON document beside the output."""
        self._put(self._output, key, document)

    def _put(self, bucket: str, key: str, document: dict[str, object] | dict[str, Any]) -> None:
        body = json.dumps(document, indent=2, sort_keys=True).encode()
        self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
