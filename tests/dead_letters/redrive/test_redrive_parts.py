"""The route, parking, streams, and what the handler publishes."""

import base64
import json
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from redrive import handler as entry
from redrive.batches import KINESIS, TABLE, Batch
from redrive.malformed import RecordsGoneError
from redrive.metrics import line_of
from redrive.model import Letter, Outcome, Report, Route, RouteError
from redrive.parking import DETAIL, Parking
from redrive.ports import Clients
from redrive.streams import Streams

from tests.dead_letters.redrive.redrive_world import DEAD, DEAD_ARN, PARKED, SHIP, client_error

GIVEN = {"queue_url": DEAD, "queue_arn": DEAD_ARN, "written_by": "asynchronous", "function": SHIP}


def test_a_route_is_what_its_document_says_and_can_be_written_again() -> None:
    full = {
        **GIVEN,
        "rate_per_second": 50,
        "max_attempts": 2,
        "minimum_age_seconds": 5,
        "maximum_age_seconds": 50,
        "error_types": ["A"],
        "except_error_types": ["B"],
        "dry_run": True,
        "started_by": "alarm",
    }
    assert Route.from_json(full).to_json() == full
    assert Route.from_json(json.loads(json.dumps(full))) == Route.from_json(full)
    least = Route.from_json({**GIVEN, "minimum_age_seconds": None, "error_types": []})
    assert (least.rate_per_second, least.max_attempts, least.started_by) == (5, 3, "hand")
    assert (least.queue_name, least.fifo) == ("dead", False)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"queue_url": None}, "The route has no queue_url"),
        ({"written_by": ""}, "The route has no written_by"),
        ({"speed": 1}, "The route has speed: it may have queue_url, "),
        ({"queue_url": "dead"}, "queue_url is 'dead': give the URL of a queue"),
        ({"queue_arn": SHIP}, "give the ARN of a queue"),
        ({"queue_arn": 7}, "give the ARN of a queue"),
        ({"written_by": "pipe"}, "written_by is 'pipe': give one of queue, asynchronous"),
        ({"function": "ship"}, "give the ARN of a function"),
        ({"rate_per_second": 0}, "give a whole number from 1 to 500"),
        ({"rate_per_second": 501}, "give a whole number from 1 to 500"),
        ({"rate_per_second": True}, "give a whole number from 1 to 500"),
        ({"max_attempts": 0}, "max_attempts is 0: give a whole number, at least 1"),
        ({"minimum_age_seconds": -1}, "give a whole number of seconds"),
        ({"maximum_age_seconds": 1.5}, "give a whole number of seconds"),
        ({"minimum_age_seconds": 5, "maximum_age_seconds": 5}, "nothing is left between"),
        ({"error_types": "KeyError"}, "give a list of names"),
        ({"error_types": [""]}, "give a list of names"),
        ({"dry_run": "no"}, "give true or false"),
        ({"started_by": "cron"}, "give one of schedule, alarm, hand"),
        ({"written_by": "queue", "error_types": ["A"]}, "carries no error"),
        ({"written_by": "topic", "function": None}, "does not say which one"),
    ],
)
def test_fails_on_a_route_that_can_not_be_followed(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(RouteError, match=why):
        Route.from_json({**GIVEN, **changes})


@pytest.mark.parametrize("given", [None, [], "route"])
def test_fails_on_what_is_no_object(given: Any) -> None:
    with pytest.raises(RouteError, match="give an object"):
        Route.from_json(given)


class Sent:
    """SQS, which remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def send_message(self, **message: Any) -> None:
        self.sent = message


def parked(body: str, attributes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The attributes that were sent, and what the one of ours says."""
    client = Sent()
    letter = Letter(
        message_id="m1",
        receipt="r",
        body=body,
        attributes=attributes,
        system={"SentTimestamp": "5000", "MessageGroupId": "g"},
    )
    Parking(client, PARKED, DEAD_ARN).park(letter, reason="because", attempts=3, error_type="KeyError")
    assert (client.sent["QueueUrl"], client.sent["MessageBody"]) == (PARKED, body)
    sent = client.sent["MessageAttributes"]
    size = len(body.encode()) + sum(
        len(name.encode()) + sum(len(str(each).encode()) for each in value.values())
        for name, value in sent.items()
    )
    assert size <= 1_048_576
    assert len(sent) <= 10
    return sent, json.loads(sent[DETAIL]["StringValue"]) if DETAIL in sent else {}


def named(number: int, length: int = 1) -> dict[str, Any]:
    return {f"a{each}": {"DataType": "String", "StringValue": "x" * length} for each in range(number)}


def test_a_parked_letter_has_all_that_it_had_and_why() -> None:
    sent, detail = parked("body", {**named(9), "a0": {"DataType": "Binary", "BinaryValue": b"\x00"}})
    assert {name: value for name, value in sent.items() if name != DETAIL} == {
        **named(9),
        "a0": {"DataType": "Binary", "BinaryValue": b"\x00"},
    }
    assert detail == {
        "reason": "because",
        "attempts": 3,
        "error_type": "KeyError",
        "origin": DEAD_ARN,
        "message_id": "m1",
        "sent_at": 5.0,
        "group": "g",
    }


def test_ten_attributes_move_into_the_one_of_ours() -> None:
    sent, detail = parked("body", {**named(9), "raw": {"DataType": "Binary", "BinaryValue": b"\xff"}})
    assert list(sent) == [DETAIL]
    assert detail["attributes"]["a1"] == {"DataType": "String", "StringValue": "x"}
    raw = detail["attributes"]["raw"]
    assert raw == {"DataType": "Binary", "BinaryValue": base64.b64encode(b"\xff").decode()}


def test_a_letter_that_was_parked_before_keeps_why() -> None:
    before = {DETAIL: {"DataType": "String", "StringValue": '{"reason": "first"}'}}
    _, detail = parked("body", before)
    assert detail["attributes"] == before
    assert detail["reason"] == "because"


@pytest.mark.parametrize("attributes", [named(0), named(3, 1000), named(10, 10)])
def test_the_largest_letter_is_parked_whole(attributes: dict[str, Any]) -> None:
    taken = sum(len(name) + sum(map(len, value.values())) for name, value in attributes.items())
    sent, detail = parked("x" * (1_048_576 - taken), attributes)
    assert (sent, detail) == (attributes, {})


ARRIVED = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)


class FakeShard:
    """One shard of Kinesis or of DynamoDB Streams; an iterator is the place of a record, and pages may be empty."""

    def __init__(self, service: str, numbers: list[str], *, empty: int = 0) -> None:
        self.service, self.numbers, self.empty = service, numbers, empty
        self.error: Exception | None = None

    def get_shard_iterator(self, **given: Any) -> Any:
        if self.error:
            raise self.error
        first = given.get("StartingSequenceNumber") or given["SequenceNumber"]
        assert given["ShardIteratorType"] == "AT_SEQUENCE_NUMBER"
        later = [place for place, number in enumerate(self.numbers) if int(number) >= int(first)]
        return {"ShardIterator": f"{later[0] if later else len(self.numbers)}:{self.empty}"}

    def get_records(self, ShardIterator: str, **_: Any) -> Any:  # noqa: N803 - boto3's
        place, empty = map(int, ShardIterator.split(":"))
        if empty:
            return {"Records": [], "NextShardIterator": f"{place}:{empty - 1}"}
        page = self.numbers[place : place + 2]
        return {
            "Records": [self.record(number) for number in page],
            "NextShardIterator": f"{place + len(page)}:0",
        }

    def record(self, number: str) -> dict[str, Any]:
        if self.service == KINESIS:
            return {
                "SequenceNumber": number,
                "PartitionKey": "p",
                "Data": b"\x01\x02",
                "ApproximateArrivalTimestamp": ARRIVED,
            }
        return {
            "eventID": f"e{number}",
            "eventName": "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "dynamodb": {
                "ApproximateCreationDateTime": ARRIVED,
                "Keys": {"id": {"S": "1"}},
                "OldImage": {"id": {"S": "1"}, "raw": {"B": b"\x01"}, "set": {"BS": [b"\x02"]}},
                "SequenceNumber": number,
                "SizeBytes": 12,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
            "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
        }


def again(shard: FakeShard, first: str, last: str, size: int) -> list[dict[str, Any]]:
    kind = "stream/s" if shard.service == KINESIS else "table/t/stream/2026"
    batch = Batch(
        service=shard.service,
        stream=f"arn:aws:{shard.service}:eu-central-1:111122223333:{kind}",
        shard="shard-1",
        first=first,
        last=last,
        size=size,
    )
    clients = Clients(sqs=None, kinesis=shard, table_streams=shard)
    streams = Streams(clients=clients, sleep=lambda _: None)
    records: list[dict[str, Any]] = json.loads(streams.event(batch, "arn:role"))["Records"]
    return records


def test_records_of_kinesis_are_read_again_as_the_mapping_gives_them() -> None:
    shard = FakeShard(KINESIS, [str(each) for each in range(100, 110)], empty=5)
    records = again(shard, "102", "106", 5)
    assert [each["kinesis"]["sequenceNumber"] for each in records] == [str(each) for each in range(102, 107)]
    assert records[0] == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "p",
            "sequenceNumber": "102",
            "data": "AQI=",
            "approximateArrivalTimestamp": ARRIVED.timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": "shard-1:102",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:role",
        "awsRegion": "eu-central-1",
        "eventSourceARN": "arn:aws:kinesis:eu-central-1:111122223333:stream/s",
    }


def test_records_of_a_table_are_read_again_as_the_mapping_gives_them() -> None:
    (record,) = again(FakeShard(TABLE, ["7", "8", "9"]), "8", "8", 1)
    assert record == {
        "eventID": "e8",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": int(ARRIVED.timestamp()),
            "Keys": {"id": {"S": "1"}},
            "OldImage": {"id": {"S": "1"}, "raw": {"B": "AQ=="}, "set": {"BS": ["Ag=="]}},
            "SequenceNumber": "8",
            "SizeBytes": 12,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:111122223333:table/t/stream/2026",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    }


@pytest.mark.parametrize("service", [KINESIS, TABLE])
@pytest.mark.parametrize(
    ("numbers", "empty", "why"),
    [
        (["3", "4", "5"], 0, "of 4 records the stream still holds 3"),  # 2 is trimmed
        (["2", "3", "4"], 0, "of 4 records the stream still holds 3"),
        ([], 0, "of 4 records the stream still holds 0"),
        (["2", "3", "4", "5"], 100, "of 4 records the stream still holds 0"),
        (["2", "5"], 0, "the stream holds 2 records where the function was given 4"),
    ],
)
def test_fails_on_records_that_are_gone(service: str, numbers: list[str], empty: int, why: str) -> None:
    with pytest.raises(RecordsGoneError, match=why):
        again(FakeShard(service, numbers, empty=empty), "2", "5", 4)


def test_fails_on_records_that_a_filter_had_left_out() -> None:
    with pytest.raises(RecordsGoneError, match="a filter of the event source mapping"):
        again(FakeShard(KINESIS, ["1", "2", "3"]), "1", "3", 2)


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_fails_on_a_stream_that_gives_nothing_any_more(code: str) -> None:
    shard = FakeShard(TABLE, ["1"])
    shard.error = client_error(code)
    with pytest.raises(RecordsGoneError, match=code):
        again(shard, "1", "1", 1)


def test_a_throttled_stream_is_not_taken_for_an_empty_one() -> None:
    shard = FakeShard(KINESIS, ["1"])
    shard.error = client_error("ProvisionedThroughputExceededException")
    with pytest.raises(Exception, match="ProvisionedThroughputExceeded"):
        again(shard, "1", "1", 1)


def test_the_figures_of_a_run_are_metrics_of_its_queue() -> None:
    outcomes = {Outcome.REDRIVEN: 2, Outcome.SKIPPED: 1, Outcome.POSTPONED: 3, Outcome.SETTLED: 9}
    line = json.loads(line_of(Report(queue="dead", outcomes=outcomes, remaining=4), 5.0))
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("ConstructsLib/Redrive", [["QueueName"]])
    figures = {each["Name"]: line[each["Name"]] for each in described["Metrics"]}
    assert figures == {"Redriven": 2, "Skipped": 4, "Remaining": 4}
    assert (line["QueueName"], line["_aws"]["Timestamp"]) == ("dead", 5000)


def test_a_run_that_finds_nothing_publishes_nothing() -> None:
    line = json.loads(line_of(Report(queue="dead"), 5.0))

    assert line["_aws"]["CloudWatchMetrics"] == []


def test_the_handler_fails_on_a_route_before_it_calls_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "_client", pytest.fail)
    with pytest.raises(RouteError, match="has no queue_url"):
        entry.handler({}, SimpleNamespace())


@pytest.mark.parametrize(
    ("written_by", "services"),
    [
        ("queue", ["sqs"]),
        ("asynchronous", ["sqs", "lambda"]),
        ("stream", ["sqs", "lambda", "kinesis", "dynamodbstreams"]),
    ],
)
def test_only_the_clients_that_a_route_needs_are_made(written_by: str, services: list[str]) -> None:
    made: list[str] = []
    route = Route.from_json({**GIVEN, "written_by": written_by})
    entry.clients_for(route, lambda service: made.append(service) or BytesIO())  # type: ignore[func-returns-value] # None is what lets the other value through
    assert made == services
