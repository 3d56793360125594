"""What there is to read in the shards of DynamoDB streams and of Kinesis, each record in its place.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

import base64
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import scope

_ONLY_SHARD = "shardId-00000000000000000000-00000000"
"""MiniStack's streams of tables have one."""
_MOST = 10_000


@dataclass(frozen=True)
class Record:
    """One record of a shard: its place in it, what orders it, and what it is in the event."""

    place: int
    key: str
    arrival: float
    sequence_number: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Shard:
    """A shard of a stream, of which `read` gives what lies at a place or behind it."""

    stream: str
    identifier: str
    kinesis: bool

    def start(self, mapping: dict[str, Any]) -> int:
        """The place that a mapping's starting position means now."""
        position = mapping.get("StartingPosition", "LATEST")
        if position == "TRIM_HORIZON":
            return 0
        records = self.read(0, most=None)
        if position == "AT_TIMESTAMP":
            since = float(mapping.get("StartingPositionTimestamp") or 0)
            records = [record for record in records if record.arrival < since]
        return records[-1].place + 1 if records else self._end()

    def _end(self) -> int:
        if self.kinesis:
            return 0
        end: int = internal("services.dynamodb.stream_end_position")(_table(self.stream))
        return end

    def read(self, place: int, most: int | None = _MOST) -> Sequence[Record]:
        return self._of_kinesis(place, most) if self.kinesis else self._of_table(place, most)

    def _of_kinesis(self, place: int, most: int | None) -> list[Record]:
        stream = _kinesis_stream(self.stream) or {"shards": {}}
        records = (stream["shards"].get(self.identifier) or {"records": []})["records"]
        records = list(records)
        first = bisect_left(records, place, key=lambda each: int(each["SequenceNumber"]))
        return [self._as_kinesis(each) for each in records[first:][:most]]

    def _as_kinesis(self, each: dict[str, Any]) -> Record:
        data, number = each["Data"], each["SequenceNumber"]
        kinesis = {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": each["PartitionKey"],
            "sequenceNumber": number,
            "data": base64.b64encode(data).decode() if isinstance(data, bytes) else data,
            "approximateArrivalTimestamp": each["ApproximateArrivalTimestamp"],
        }
        said = {
            "kinesis": kinesis,
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{self.identifier}:{number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": f"arn:aws:iam::{scope.account()}:role/lambda-role",
            "awsRegion": scope.region_of(self.stream),
            "eventSourceARN": self.stream,
        }
        return Record(
            int(number), each["PartitionKey"], float(each["ApproximateArrivalTimestamp"]), number, said
        )

    def _of_table(self, place: int, most: int | None) -> list[Record]:
        table = _table(self.stream)
        first = max(place, internal("services.dynamodb.stream_start_position")(table))
        found = internal("services.dynamodb.stream_records_since")(table, first, most or _MOST * 1000)
        return [self._as_change(first + at, each) for at, each in enumerate(found)]

    @staticmethod
    def _as_change(place: int, each: dict[str, Any]) -> Record:
        change = each["dynamodb"]
        arrival = float(change.get("ApproximateCreationDateTime") or time.time())
        return Record(
            place, str(sorted(change.get("Keys", {}).items())), arrival, change["SequenceNumber"], each
        )


def shards(source: str) -> list[Shard]:
    """The shards of the stream that an event source's ARN names; none where it is gone."""
    stream = source.partition("/consumer/")[0]
    if ":kinesis:" in stream:
        found = _kinesis_stream(stream)
        identifiers = list(found["shards"]) if found and found["StreamStatus"] == "ACTIVE" else []
        return [Shard(stream, identifier, kinesis=True) for identifier in identifiers]
    table = internal("services.dynamodb._tables").get(_table(stream)) or {}
    return [Shard(stream, _ONLY_SHARD, kinesis=False)] if table.get("LatestStreamArn") == stream else []


def _table(stream: str) -> str:
    return stream.partition(":table/")[2].partition("/")[0]


def _kinesis_stream(stream: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = internal("services.kinesis._resolve_stream_by_arn")(stream)
    return found
