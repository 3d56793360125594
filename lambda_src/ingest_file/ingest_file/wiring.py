"""One set of clients and telemetry for the life of an execution environment."""

import os
from datetime import UTC, datetime
from typing import Final

from handler_toolkit import client, make_logger, make_metrics, make_tracer

from ingest_file import logic
from ingest_file.data import DynamoDbFiles, S3Catalogue, SqsMessages
from ingest_file.models import Arrival, ObjectCreated
from ingest_file.settings import Settings

__all__ = ["ingest", "logger", "metrics", "tracer"]

settings: Final = Settings.of(os.environ)
logger: Final = make_logger()
tracer: Final = make_tracer()
metrics: Final = make_metrics()

catalogue: Final = S3Catalogue(client("s3"), settings.uploads_bucket)
files: Final = DynamoDbFiles(client("dynamodb"), settings.manifest_table, lambda: datetime.now(UTC))
messages: Final = SqsMessages(client("sqs"), settings.queue_url)


@tracer.capture_method(capture_response=False)
def ingest(event: ObjectCreated) -> Arrival | None:
    """Take in one upload."""
    return logic.ingest(event, catalogue=catalogue, files=files, messages=messages)
