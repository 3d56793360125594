"""The run of an export: its objects are written to the bucket, or it fails as S3 says why.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportDescription.html
"""

import logging
import re
import threading
import time
from typing import Any

from local_cloud import export_format
from local_cloud.export_format import Layout, Row
from local_cloud.hooks import internal
from local_cloud.patches import scope
from local_cloud.settings import Settings

Failure = tuple[str, str]
"""The code and the message of a failed export."""

_LOG = logging.getLogger("local_cloud.export_runs")
_REFUSED = 400


def start(described: dict[str, Any], rows: list[Row], failure: Failure | None) -> None:
    """Let an export end after a while: with `failure`, or with its objects written."""
    run = _Run(described, rows)
    run.begin(failure)
    timer = threading.Timer(Settings.from_environment().export_seconds, run.end)
    timer.daemon = True
    timer.start()


class _FailedError(Exception):
    """Carries a failure."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.failure: Failure = (code, message)


class _Run:
    def __init__(self, described: dict[str, Any], rows: list[Row]) -> None:
        self._described = described
        self._rows = rows
        self._failure: Failure | None = None
        self._account, self._region = scope.account(), scope.region()
        self._layout = Layout(
            export_id=described["ExportArn"].rpartition("/")[2],
            prefix=described.get("S3Prefix", ""),
            incremental="IncrementalExportSpecification" in described,
        )

    def begin(self, failure: Failure | None) -> None:
        """Show that the bucket can be written to."""
        try:
            self._put(self._layout.manifest("_started"), b"")
        except _FailedError as error:
            self._failure = error.failure
        self._failure = self._failure or failure

    def end(self) -> None:
        ended: dict[str, Any] = {"EndTime": round(time.time(), 3)}
        if self._failure is None:
            try:
                ended |= self._write({**self._described, **ended})
            except _FailedError as error:
                self._failure = error.failure
            except Exception as error:  # noqa: BLE001 - who waits for an export must learn of its end
                _LOG.exception("an export crashed")
                self._failure = ("InternalServerError", str(error))
        if self._failure:
            code, message = self._failure
            ended |= {"ExportStatus": "FAILED", "FailureCode": code, "FailureMessage": message}
        self._described.update(ended)

    def _write(self, described: dict[str, Any]) -> dict[str, Any]:
        """Write all objects; what is to be said of the export then."""
        files = export_format.data_files(self._layout, self._rows)
        written = [(file, self._put(file.key, file.body)) for file in files]
        self._put_with_checksum("manifest-files", export_format.files_manifest(written))
        counted = {"ItemCount": len(self._rows), "BilledSizeBytes": self._size()}
        self._put_with_checksum("manifest-summary", export_format.summary(described | counted, self._layout))
        manifest = self._layout.manifest("manifest-summary.json")
        return {**counted, "ExportManifest": manifest, "ExportStatus": "COMPLETED"}

    def _size(self) -> int:
        """What the exported items take, by DynamoDB's rules for the sizes of items."""
        size = internal("services.dynamodb._item_size_bytes")
        images = ("Item", "OldImage", "NewImage")
        return sum(size(row.content[image]) for row in self._rows for image in images if image in row.content)

    def _put_with_checksum(self, name: str, body: bytes) -> None:
        self._put(self._layout.manifest(f"{name}.json"), body)
        self._put(self._layout.manifest(f"{name}.md5"), export_format.checksum(body).encode())

    def _put(self, key: str, body: bytes) -> str:
        """Write an object into the bucket, encrypted as asked for, and return its ETag."""
        bucket = self._described["S3Bucket"]
        owner = self._described.get("S3BucketOwner", self._account)
        with scope.scoped(owner, self._region):
            status, headers, answer = internal("services.s3._put_object")(
                bucket, key, body, self._encryption()
            )
        if status >= _REFUSED:
            raise _FailedError(*_refusal(status, answer.decode()))
        return str(headers["ETag"]).strip('"')

    def _encryption(self) -> dict[str, str]:
        algorithm = {"AES256": "AES256", "KMS": "aws:kms"}.get(self._described.get("S3SseAlgorithm", ""))
        if not algorithm:
            return {}
        headers = {"x-amz-server-side-encryption": algorithm}
        if self._described.get("S3SseKmsKeyId"):
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = self._described["S3SseKmsKeyId"]
        return headers


def _refusal(status: int, text: str) -> Failure:
    code, message = (
        (found.group(1) if (found := re.search(f"<{tag}>(.*?)</{tag}>", text)) else "Unknown")
        for tag in ("Code", "Message")
    )
    return f"S3{code}", f"{message} (Service: Amazon S3; Status Code: {status}; Error Code: {code})"
