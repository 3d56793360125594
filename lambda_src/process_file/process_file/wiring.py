"""One set of clients and telemetry for the life of an execution environment."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from handler_toolkit import (
    BudgetExpiredError,
    Retry,
    client,
    current_budget,
    make_logger,
    make_metrics,
    make_tracer,
)

from process_file import logic
from process_file.files import S3Files
from process_file.manifest import DynamoDbManifest
from process_file.models import Processed, Upload
from process_file.settings import Settings

__all__ = ["dynamodb", "logger", "metrics", "process", "tracer"]

_ABORTING: Final = 10.0
"""Seconds kept of an invocation for aborting uploads and reporting the batch."""

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

# S3 answers the end of an upload in parts, or a copy, only once it is done.
files: Final = S3Files(
    client("s3", most=60),
    output=settings.output_bucket,
    quarantine=settings.quarantine_bucket,
    uploads=settings.uploads_bucket,
)
dynamodb: Final = client("dynamodb")
# Files that end at the same time add to the same totals, which DynamoDB refuses one of them. Tried again by the queue,
# the whole file would be read once more, after the visibility timeout.
manifest: Final = DynamoDbManifest(
    dynamodb,
    settings.manifest_table,
    lambda: datetime.now(UTC),
    retry=Retry(attempts=8, base=0.05, cap=2.0),
)


@tracer.capture_method(capture_response=False)
def process(upload: Upload) -> Processed | str | None:
    """Process one file."""
    return logic.process(upload, files=files, manifest=manifest, check_time=_check_time())


def _check_time() -> Callable[[], None]:
    """Give up while uploads can still be aborted: the message comes back, the next attempt begins anew."""
    budget = current_budget()

    def check() -> None:
        if budget is not None and budget.remaining() < _ABORTING:
            raise BudgetExpiredError("The file takes longer than an invocation may.")

    return check
