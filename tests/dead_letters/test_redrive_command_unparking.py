"""Parked messages go back as they were, to where they belong, and are never lost on the way."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from redrive.letters import Letters
from redrive.parking import Parking

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode
from local_cloud import LocalCloud
from tests.dead_letters.dead_letter_commands import World

ATTRIBUTES: dict[str, Any] = {
    "trace": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    "kind": {"DataType": "String", "StringValue": "order"},
    "number": {"DataType": "Number", "StringValue": "7"},
}


class Queues:
    """Queues of this test, and a parking queue."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.sqs = cloud.client("sqs")
        self.made: list[str] = []
        self.parking = self.make()

    def make(self, *, fifo: bool = False, dead: str = "") -> str:
        """The URL of a new queue, whose dead letters go to the queue at `dead`."""
        attributes = {"FifoQueue": "true"} if fifo else {}
        if dead:
            policy = {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": "1"}
            attributes["RedrivePolicy"] = json.dumps(policy)
        name = f"unpark-{uuid4().hex[:12]}{'.fifo' if fifo else ''}"
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.made.append(url)
        return url

    def arn(self, url: str) -> str:
        found: str = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        return found

    def park(self, origin: str, **message: Any) -> None:
        """Park a message of the queue at `origin` as the handler does."""
        self.sqs.send_message(QueueUrl=origin, **{"MessageBody": "{}"} | message)
        letters = Letters(self.sqs, origin)
        (letter,) = letters.receive()
        Parking(self.sqs, self.parking, self.arn(origin)).park(
            letter, reason="it failed", attempts=3, error_type="Timeout"
        )
        letters.delete(letter)

    def messages(self, url: str) -> list[dict[str, Any]]:
        found = self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = found.get("Messages", [])
        return messages

    def unpark(self, *words: str) -> tuple[int, World]:
        world = World(self.cloud.client)
        code = world.run("redrive", "--queue", self.parking, "--parking-queue", self.parking, "--yes", *words)
        return code, world


@pytest.fixture
def queues(cloud: LocalCloud) -> Iterator[Queues]:
    made = Queues(cloud)
    yield made
    for url in made.made:
        made.sqs.delete_queue(QueueUrl=url)


def content(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kept = ("DataType", "StringValue", "BinaryValue")
    attributes = {
        name: {key: value[key] for key in kept if key in value}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return message["Body"], attributes


@pytest.mark.parametrize("count", [0, 3, 10])
def test_body_and_attributes_come_back_as_they_were(queues: Queues, count: int) -> None:
    more = {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(count - 3)}
    attributes = {**ATTRIBUTES, **more} if count else {}
    origin = queues.make()
    queues.park(origin, MessageBody='{"order": 1}', MessageAttributes=attributes)
    code, _ = queues.unpark()
    assert code == ExitCode.DONE
    (message,) = queues.messages(origin)
    assert content(message) == ('{"order": 1}', attributes)
    assert queues.messages(queues.parking) == []


def test_an_attribute_of_the_same_name_comes_back_too(queues: Queues) -> None:
    own = {"Redrive": {"DataType": "String", "StringValue": "the sender's own"}}
    origin = queues.make()
    queues.park(origin, MessageAttributes=own)
    assert queues.unpark()[0] == ExitCode.DONE
    (message,) = queues.messages(origin)
    assert content(message)[1] == own


def test_from_the_dead_letter_queue_of_a_queue_it_goes_to_that_queue(queues: Queues) -> None:
    dead = queues.make()
    source = queues.make(dead=dead)
    queues.park(dead, MessageBody="one", MessageAttributes=ATTRIBUTES)
    code, world = queues.unpark()
    assert code == ExitCode.DONE
    assert f"1 message redriven: back in {source.rpartition('/')[2]}" in world.text
    (message,) = queues.messages(source)
    assert content(message) == ("one", ATTRIBUTES)
    assert queues.messages(dead) == []


def test_in_a_fifo_queue_it_keeps_its_group_and_comes_once(queues: Queues) -> None:
    dead = queues.make(fifo=True)
    source = queues.make(fifo=True, dead=dead)
    queues.park(dead, MessageBody="one", MessageGroupId="g", MessageDeduplicationId="d")
    (parked,) = queues.messages(queues.parking)
    assert queues.unpark()[0] == ExitCode.DONE
    (message,) = queues.messages(source)
    assert message["Attributes"]["MessageGroupId"] == "g"
    assert message["Attributes"]["MessageDeduplicationId"] == parked["MessageId"]


@pytest.mark.parametrize("case", ["two sources", "no origin", "gone"])
def test_what_nobody_knows_a_place_for_stays(queues: Queues, case: str) -> None:
    origin = queues.make()
    if case == "two sources":
        for _ in range(2):
            queues.make(dead=origin)
    if case == "no origin":
        queues.sqs.send_message(QueueUrl=queues.parking, MessageBody="{}")
    else:
        queues.park(origin)
    if case == "gone":
        queues.made.remove(origin)
        queues.sqs.delete_queue(QueueUrl=origin)
    code, world = queues.unpark()
    assert code == ExitCode.INCOMPLETE
    said = {
        "two sources": "and it does not say which",
        "no origin": "it was too large to be told where it was parked from",
        "gone": "GetQueueUrl failed with",
    }[case]
    assert f"1 message failed: {said}" in world.text or said in world.text
    assert len(queues.messages(queues.parking)) == 1


def test_a_dry_run_and_filters_leave_everything_where_it_is(queues: Queues) -> None:
    origin = queues.make()
    queues.park(origin)
    for words, outcome in (
        (("--dry-run",), "redriven"),
        (("--error-type", "Other"), "skipped"),
        (("--except-error-type", "Timeout"), "skipped"),
        (("--older-than", "1h"), "skipped"),
    ):
        code, world = queues.unpark("--json", *words)
        assert code == ExitCode.DONE
        assert world.document["by_error"] == [{"error_type": "Timeout", "outcome": outcome, "messages": 1}], (
            words
        )
        assert len(queues.messages(queues.parking)) == 1
    assert queues.messages(origin) == []


def test_what_is_stopped_sends_no_more(queues: Queues) -> None:
    origin = queues.make()
    for _ in range(3):
        queues.park(origin)
    world = World(queues.cloud.client, stop_after=1)
    with pytest.raises(CommandError, match="Stopped"):
        world.run("redrive", "--queue", queues.parking, "--parking-queue", queues.parking, "--yes")
    assert len(queues.messages(queues.parking)) == 2
    assert len(queues.messages(origin)) == 1
