"""The handler with real clients, against the services of the local cloud."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from redrive import handler as entry
from redrive.batches import TABLE, Batch
from redrive.ledger import Ledger
from redrive.malformed import RecordsGoneError
from redrive.model import Action, Outcome
from redrive.parking import DETAIL
from redrive.ports import Clients, Entry, OvertakenError, State
from redrive.streams import Streams

from local_cloud import LocalCloud
from local_cloud.service import eventually

# What it was given is what it wrote to the queue; a poison event it never takes.
CODE = """
import boto3, json, os
def handler(event, context):
    if os.environ["BROKEN"] == "yes" or event.get("poison"):
        raise KeyError("no such key")
    boto3.client("sqs").send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(event))
"""


@dataclass(frozen=True)
class Place:
    """A function that fails, its dead-letter queue, and what a redrive needs."""

    cloud: LocalCloud
    tail: str
    dead: str
    parked: str
    seen: str
    ledger: str
    alias: str

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def bodies(self, url: str) -> list[Any]:
        """What is in the queue, which is empty afterwards."""
        found: list[Any] = []
        while (
            messages := self.client("sqs")
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            .get("Messages")
        ):
            for message in messages:
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message)
        return found

    def waiting(self, url: str) -> int:
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return sum(int(value) for name, value in answer.items() if name.startswith("ApproximateNumber"))

    def invoke(self, event: Any) -> None:
        self.client("lambda").invoke(
            FunctionName=self.alias, InvocationType="Event", Payload=json.dumps(event).encode()
        )

    def arn(self, url: str) -> str:
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn: str = attributes["Attributes"]["QueueArn"]
        return arn

    def redrive(self, **more: Any) -> dict[str, Any]:
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 120_000, aws_request_id=uuid4().hex)
        return entry.handler(
            {
                "queue_url": self.dead,
                "queue_arn": self.arn(self.dead),
                "written_by": "asynchronous",
                "function": self.alias,
                "rate_per_second": 100,
                **more,
            },
            context,
        )


def zipped(code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", code)
    return buffer.getvalue()


@pytest.fixture
def place(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(entry, "_THREADS", 2)  # each of them starts a worker of the function
    entry._client.cache_clear()
    tail = uuid4().hex[:8]
    sqs, functions, tables = (cloud.client(name) for name in ("sqs", "lambda", "dynamodb"))
    urls = {
        name: sqs.create_queue(QueueName=f"redrive-{name}-{tail}")["QueueUrl"]
        for name in ("dead", "parked", "seen")
    }
    ledger = f"redrive-ledger-{tail}"
    tables.create_table(
        TableName=ledger,
        KeySchema=[
            {"AttributeName": "queue", "KeyType": "HASH"},
            {"AttributeName": "entry", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("queue", "entry")],
        BillingMode="PAY_PER_REQUEST",
    )
    function = f"redrive-{tail}"
    alias = with_alias(functions, function, urls["seen"])
    monkeypatch.setenv("LEDGER_TABLE_NAME", ledger)
    monkeypatch.setenv("PARKING_QUEUE_URL", urls["parked"])
    made = Place(cloud=cloud, tail=tail, ledger=ledger, alias=alias, **urls)
    functions.put_function_event_invoke_config(
        FunctionName=function,
        Qualifier="live",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": made.arn(made.dead)}},
    )
    yield made
    functions.delete_function(FunctionName=function)
    tables.delete_table(TableName=ledger)
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)
    for service in ("sqs", "lambda", "dynamodb"):
        entry._client(service).close()
    entry._client.cache_clear()


def with_alias(functions: Any, name: str, seen: str) -> str:
    """A function that is broken behind its alias ``live``; the ARN of the alias."""
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="index.handler",
        Code={"ZipFile": zipped(CODE)},
        Environment={"Variables": {"SEEN": seen, "BROKEN": "yes"}},
    )
    version = functions.publish_version(FunctionName=name)["Version"]
    arn: str = functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)["AliasArn"]
    return arn


def repair(place: Place) -> None:
    functions, name = place.client("lambda"), f"redrive-{place.tail}"
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"SEEN": place.seen, "BROKEN": "no"}}
    )
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)


def test_once_the_function_is_repaired_it_gets_what_it_lost_and_the_poison_is_parked(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [{"order": number, "lines": ["é", 1.5, None]} for number in range(3)]
    for event in [*events, {"poison": True}]:
        place.invoke(event)
    eventually(lambda: place.waiting(place.dead) == 4 or None, "the dead letters")

    plan = place.redrive(dry_run=True)
    assert (plan["outcomes"]["redriven"], plan["errors"]) == (4, {"KeyError": 4})
    still_broken = place.redrive()
    assert (still_broken["outcomes"]["failed"], still_broken["remaining"]) == (4, 4)
    assert place.bodies(place.seen) == []

    repair(place)
    report = place.redrive(max_attempts=2)
    assert (report["outcomes"]["redriven"], report["outcomes"]["parked"]) == (3, 1)
    assert place.waiting(place.dead) == report["remaining"] == 0
    seen = [json.loads(each["Body"]) for each in place.bodies(place.seen)]
    assert sorted(seen, key=lambda each: each["order"]) == events
    (parked,) = place.bodies(place.parked)
    assert json.loads(parked["Body"])["requestPayload"] == {"poison": True}
    why = json.loads(parked["MessageAttributes"][DETAIL]["StringValue"])
    assert (why["attempts"], why["origin"]) == (2, place.arn(place.dead))
    assert why["reason"].startswith("it failed 2 times: KeyError")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = ("Redriven", "Failed", "Parked", "Remaining")
    figures = [{name: line[name] for name in names if name in line} for line in lines]
    # A dry run publishes nothing, and no run publishes what is 0.
    assert figures == [{"Failed": 4, "Remaining": 4}, {"Redriven": 3, "Parked": 1}]
    audit = place.client("dynamodb").query(
        TableName=place.ledger,
        KeyConditionExpression="#q = :q AND begins_with(#e, :a)",
        ExpressionAttributeNames={"#q": "queue", "#e": "entry"},
        ExpressionAttributeValues={":q": {"S": place.arn(place.dead)}, ":a": {"S": "action#"}},
    )["Items"]
    assert sorted(each["outcome"]["S"] for each in audit) == ["failed"] * 4 + ["parked"] + ["redriven"] * 3
    retention = 14 * 86_400
    assert all(int(each["expires"]["N"]) > time.time() + retention for each in audit)


def test_two_runs_at_once_give_each_event_once(place: Place) -> None:
    repair(place)
    for number in range(8):
        record = {
            "version": "1.0",
            "requestContext": {"functionArn": place.alias, "condition": "RetriesExhausted"},
            "requestPayload": {"order": number},
        }
        place.client("sqs").send_message(QueueUrl=place.dead, MessageBody=json.dumps(record))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: place.redrive(), range(2)))
    assert sum(each["outcomes"]["redriven"] for each in reports) == 8
    seen = [json.loads(each["Body"])["order"] for each in place.bodies(place.seen)]
    assert sorted(seen) == list(range(8))
    assert place.waiting(place.dead) == 0


@pytest.mark.parametrize("by_hand", [True, False], ids=["by-hand", "by-sqs"])
def test_messages_go_back_to_their_source_queue(place: Place, *, by_hand: bool) -> None:
    sqs = place.client("sqs")
    policy = json.dumps({"deadLetterTargetArn": place.arn(place.dead), "maxReceiveCount": "1"})
    source = sqs.create_queue(
        QueueName=f"redrive-source-{place.tail}",
        Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "0"},
    )["QueueUrl"]
    kind = {"kind": {"DataType": "String", "StringValue": "order"}}
    sqs.send_message(QueueUrl=source, MessageBody="order 1", MessageAttributes=kind)

    def dead() -> bool | None:
        sqs.receive_message(QueueUrl=source)
        return place.waiting(place.dead) == 1 or None

    eventually(dead, "the dead letter")
    selected = {"minimum_age_seconds": 0} if by_hand else {}
    report = place.redrive(written_by="queue", function=None, **selected)
    assert (report["outcomes"]["redriven"], report["moving"]) == (1, 0 if by_hand else 1), report

    def returned() -> Any:
        return sqs.receive_message(QueueUrl=source, MessageAttributeNames=["All"]).get("Messages")

    (back,) = eventually(returned, "the message")
    assert (back["Body"], back["MessageAttributes"]) == ("order 1", kind)
    assert place.waiting(place.dead) == 0
    sqs.delete_queue(QueueUrl=source)


def test_the_ledger_lets_one_claim_win_and_writes_the_audit_with_it(place: Place) -> None:
    client = place.client("dynamodb")
    ledger = Ledger(client, place.ledger, "arn:aws:sqs:us-east-1:000000000000:q", run="one")
    entry_of = Entry(key="letter#1", state=State.CLAIMED, attempts=1, leased_until=7.5, note="n")
    assert ledger.load("letter#1")[0] is None
    claimed = ledger.write(entry_of, None)
    found, now = ledger.load("letter#1")
    assert found == claimed
    assert abs(now - time.time()) < 60
    with pytest.raises(OvertakenError):
        ledger.write(entry_of, None)
    action = Action(message_id="1", outcome=Outcome.REDRIVEN, attempts=1)
    done = ledger.write(replace(claimed, state=State.DONE), claimed, action)
    assert ledger.load("letter#1")[0] == done
    with pytest.raises(OvertakenError):
        ledger.write(replace(claimed, state=State.OPEN), claimed, action)
    audit = client.scan(
        TableName=place.ledger,
        FilterExpression="begins_with(#e, :a)",
        ExpressionAttributeNames={"#e": "entry"},
        ExpressionAttributeValues={":a": {"S": "action#"}},
    )["Items"]
    assert [each["outcome"]["S"] for each in audit] == ["redriven"]  # what was refused is not in it


def test_records_of_a_table_are_read_again_from_its_stream(place: Place) -> None:
    client, streams = place.client("dynamodb"), place.client("dynamodbstreams")
    name = f"redrive-table-{place.tail}"
    arn = client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    for number in range(4):
        client.put_item(TableName=name, Item={"id": {"S": str(number)}, "raw": {"B": b"\x01"}})
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    numbers = [
        each["dynamodb"]["SequenceNumber"] for each in streams.get_records(ShardIterator=start)["Records"]
    ]
    batch = Batch(
        service=TABLE, stream=arn, shard=shard["ShardId"], first=numbers[1], last=numbers[2], size=2
    )
    again = Streams(clients=Clients(sqs=None, table_streams=streams), sleep=time.sleep)
    records = json.loads(again.event(batch, ""))["Records"]
    images = [each["dynamodb"]["NewImage"] for each in records]
    assert images == [{"id": {"S": number}, "raw": {"B": "AQ=="}} for number in "12"]
    assert {each["eventSourceARN"] for each in records} == {arn}
    with pytest.raises(RecordsGoneError):
        again.event(replace(batch, size=3), "")
    client.delete_table(TableName=name)
