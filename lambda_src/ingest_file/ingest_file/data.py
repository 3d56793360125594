"""The manifest in DynamoDB, the queue of files, the catalogue in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from ingest_file.models import Arrival

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

__all__ = ["CATALOGUE_KEY", "DynamoDbFiles", "S3Catalogue", "SqsMessages"]

CATALOGUE_KEY: Final = "reference/products.csv"
"""In the bucket of uploads."""
_OPEN: Final = "received"
# S3 answers 404 to who may list the bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
_NOT_FOUND: Final = ("404", "NoSuchKey", "NotFound")


class S3Catalogue:
    """The catalogue, an object of the versioned bucket of uploads."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        """Look into `bucket`."""
        self._client = client
        self._bucket = bucket

    def version(self) -> str | None:
        """The id of the present version; None where there is none."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=CATALOGUE_KEY)["VersionId"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_FOUND:
                return None
            raise


class DynamoDbFiles:
    """The manifest: a table whose partition key is `file_id`."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Callable[[], datetime]) -> None:
        """Keep records in `table`."""
        self._client = client
        self._table = table
        self._clock = clock

    def add(self, arrival: Arrival) -> Arrival | None:
        """Write the record unless it is there; return what is there unless it is finished."""
        pack = TypeSerializer().serialize
        fields = {
            **arrival.model_dump(),
            "status": _OPEN,
            "received_at": self._clock().isoformat(timespec="seconds"),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item={name: pack(value) for name, value in fields.items()},
                ConditionExpression="attribute_not_exists(file_id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as known:
            item = TypeDeserializer().deserialize({"M": known.response["Item"]})  # type: ignore[typeddict-item]  # not in the stubs
            return Arrival.model_validate(item) if item["status"] == _OPEN else None
        return arrival


class SqsMessages:
    """The queue of files to process."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        """Send to `queue_url`."""
        self._client = client
        self._queue_url = queue_url

    def send(self, arrival: Arrival) -> None:
        """Send the message."""
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=arrival.model_dump_json())
