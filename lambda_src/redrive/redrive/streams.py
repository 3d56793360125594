"""Reads the records of a batch again, and makes the event of them that the mapping makes."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from redrive.batches import KINESIS, Batch
from redrive.failures import code_of
from redrive.malformed import RecordsGoneError
from redrive.ports import Clients

__all__ = ["Streams"]

_EMPTY_PAGES: Final = 20
"""A page may be empty although records follow: as often as this in a row, and nothing follows.

https://docs.aws.amazon.com/streams/latest/dev/troubleshooting-consumers.html
"""
_GONE: Final = ("TrimmedDataAccessException", "ResourceNotFoundException", "InvalidArgumentException")


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Streams of Kinesis and of DynamoDB.

    Attributes:
        clients: boto3's.
        sleep: waits between pages that are empty.
    """

    clients: Clients
    sleep: Callable[[float], None]

    def event(self, batch: Batch, role: str) -> bytes:
        """The event of `batch`, for a function that runs as `role`.

        https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
        https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html

        Raises:
            RecordsGoneError: the stream does not hold them any more, or holds others between them: a filter of the
                mapping left those out, and it is not known which.
        """
        try:
            pages = self._kinesis(batch) if batch.service == KINESIS else self._table(batch)
            found = list(self._between(batch, pages))
        except Exception as error:
            if code_of(error) not in _GONE:
                raise
            raise RecordsGoneError(f"the stream does not give the records any more: {error}") from error
        if not found or found[0][0] != batch.first or found[-1][0] != batch.last:
            raise RecordsGoneError(f"of {batch.size} records the stream still holds {len(found)}")
        if len(found) != batch.size:
            raise RecordsGoneError(
                f"the stream holds {len(found)} records where the function was given {batch.size}: a filter of the "
                "event source mapping left the others out"
            )
        make = _of_kinesis if batch.service == KINESIS else _of_table
        return json.dumps({"Records": [make(batch, each, role) for _, each in found]}).encode()

    def _between(
        self, batch: Batch, pages: Iterator[list[tuple[str, Mapping[str, Any]]]]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        empty = 0
        for page in pages:
            empty = 0 if page else empty + 1
            for number, record in page:
                if int(number) > int(batch.last):
                    return
                yield number, record
                if number == batch.last:
                    return
            if empty >= _EMPTY_PAGES:
                return
            if empty:
                self.sleep(0.2)  # five reads a second and shard

    def _kinesis(self, batch: Batch) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
        client = self.clients.kinesis
        iterator = client.get_shard_iterator(
            StreamARN=batch.stream,
            ShardId=batch.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=batch.first,
        )["ShardIterator"]
        while iterator:
            page = client.get_records(ShardIterator=iterator, StreamARN=batch.stream)
            yield [(each["SequenceNumber"], each) for each in page["Records"]]
            iterator = page.get("NextShardIterator")

    def _table(self, batch: Batch) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
        client = self.clients.table_streams
        iterator = client.get_shard_iterator(
            StreamArn=batch.stream,
            ShardId=batch.shard,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch.first,
        )["ShardIterator"]
        while iterator:
            page = client.get_records(ShardIterator=iterator)
            yield [(each["dynamodb"]["SequenceNumber"], each) for each in page["Records"]]
            iterator = page.get("NextShardIterator")


def _of_kinesis(batch: Batch, record: Mapping[str, Any], role: str) -> dict[str, Any]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": _plain(record["Data"]),
            "approximateArrivalTimestamp": _seconds(record["ApproximateArrivalTimestamp"]),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{batch.shard}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": _region(batch),
        "eventSourceARN": batch.stream,
    }


def _of_table(batch: Batch, record: Mapping[str, Any], _role: str) -> dict[str, Any]:
    change = record["dynamodb"]
    event = {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record["eventVersion"],
        "eventSource": record.get("eventSource", "aws:dynamodb"),
        "awsRegion": record.get("awsRegion") or _region(batch),
        "dynamodb": {name: _plain(value) for name, value in change.items()},
        "eventSourceARN": batch.stream,
    }
    if identity := record.get("userIdentity"):
        event["userIdentity"] = {"type": identity["Type"], "principalId": identity["PrincipalId"]}
    return event


def _region(batch: Batch) -> str:
    return batch.stream.split(":")[3]


def _seconds(given: Any) -> Any:
    return given.timestamp() if isinstance(given, datetime) else given


def _plain(value: Any) -> Any:
    """`value` as JSON has it: bytes in base64, times in whole seconds."""
    match value:
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case datetime():
            return int(value.timestamp())
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | set() | tuple():
            return [_plain(each) for each in value]
    return value
