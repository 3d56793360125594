"""Queues and streams as they are deployed: what fails ends in the dead-letter queue, and the rest is done.

Time is compressed: the queues hide messages for two seconds.
"""

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT

APP = Path(__file__).with_name("sources_app.py")
Outputs = dict[str, str]


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The outputs of the deployed app."""
    cloud = bootstrapped_cloud
    folder = tmp_path_factory.mktemp("sources")
    outputs = folder / "outputs.json"
    cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = json.loads(outputs.read_text())["Sources"]
    by_name = {name.removesuffix("Out"): value for name, value in found.items()}
    for queue in ("Jobs", "Ordered"):
        cloud.client("sqs").set_queue_attributes(
            QueueUrl=by_name[queue], Attributes={"VisibilityTimeout": "2"}
        )
    return by_name


class World:
    """The deployed sources, as those who send to them and operate them see them."""

    def __init__(self, cloud: LocalCloud, outputs: Outputs) -> None:
        self.outputs = outputs
        self.sqs = cloud.client("sqs")
        self.kinesis = cloud.client("kinesis")
        self.items = cloud.client("dynamodb")

    def seen(self, kind: str) -> list[str]:
        """What was processed of one kind, in that order."""
        item = self.items.get_item(TableName=self.outputs["Seen"], Key={"id": {"S": kind}}).get("Item", {})
        return [each["S"] for each in item.get("bodies", {"L": []})["L"]]

    def tries(self, kind: str, body: str) -> int:
        """How often a body was tried."""
        key = {"id": {"S": f"{kind} tries {body}"}}
        item = self.items.get_item(TableName=self.outputs["Seen"], Key=key).get("Item", {})
        return int(item.get("tries", {"N": "0"})["N"])

    def dead(self, queue: str) -> list[dict[str, Any]]:
        """Takes what can be received from a dead-letter queue."""
        url = self.outputs[queue]
        found = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return list(found)

    def dead_of(self, queue: str, text: str) -> dict[str, Any]:
        """Waits for the dead letter that contains `text`, and takes it."""

        def look() -> dict[str, Any] | None:
            return next((each for each in self.dead(queue) if text in each["Body"]), None)

        return eventually(look, f"a dead letter with {text}", seconds=90)


@pytest.fixture(scope="module")
def world(bootstrapped_cloud: LocalCloud, deployed: Outputs) -> World:
    return World(bootstrapped_cloud, deployed)


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"


def test_a_poison_message_is_a_dead_letter_and_its_neighbours_are_done_once(world: World) -> None:
    poison, good = unique("poison"), [unique("good") for _ in range(5)]
    world.sqs.send_message_batch(
        QueueUrl=world.outputs["Jobs"],
        Entries=[
            {"Id": str(number), "MessageBody": body}
            for number, body in enumerate([*good[:2], poison, *good[2:]])
        ],
    )

    dead = world.dead_of("JobsDead", poison)

    assert dead["Body"] == poison
    assert world.tries("jobs", poison) == 5
    done = [body for body in world.seen("jobs") if body in good]
    assert sorted(done) == sorted(good)
    assert {world.tries("jobs", body) for body in good} == {1}


def test_a_message_that_fails_at_first_is_done_later(world: World) -> None:
    flaky = unique("flaky")
    world.sqs.send_message(QueueUrl=world.outputs["Jobs"], MessageBody=flaky)

    eventually(lambda: flaky in world.seen("jobs"), "the message")

    assert world.tries("jobs", flaky) == 3
    assert not [each for each in world.dead("JobsDead") if each["Body"] == flaky]


def test_a_fifo_queue_keeps_the_order_of_a_group_while_one_of_it_is_tried_again(world: World) -> None:
    group, other = unique("group"), unique("other")
    bodies = [unique("first"), unique("flaky"), unique("third"), unique("fourth")]
    for body in bodies:
        world.sqs.send_message(QueueUrl=world.outputs["Ordered"], MessageBody=body, MessageGroupId=group)
    neighbour = unique("neighbour")
    world.sqs.send_message(QueueUrl=world.outputs["Ordered"], MessageBody=neighbour, MessageGroupId=other)

    eventually(lambda: len(world.seen(f"ordered {group}")) >= len(bodies), "all of the group")

    assert world.seen(f"ordered {group}") == bodies
    eventually(lambda: world.seen(f"ordered {other}") == [neighbour], "the other group")


def test_a_fifo_dead_letter_keeps_its_group(world: World) -> None:
    group, poison = unique("group"), unique("poison")
    world.sqs.send_message(QueueUrl=world.outputs["Ordered"], MessageBody=poison, MessageGroupId=group)

    dead = world.dead_of("OrderedDead", poison)

    assert dead["Attributes"]["MessageGroupId"] == group


def put(world: World, *bodies: str) -> None:
    """Write items in one batch, so that one invocation may get all of them."""
    for body in bodies:
        world.items.put_item(TableName=world.outputs["Table"], Item={"id": {"S": body}})


def test_a_failing_record_of_a_table_is_bisected_out_and_told_of(world: World) -> None:
    poison, good = unique("poison"), [unique("good") for _ in range(4)]
    put(world, *good[:2], poison, *good[2:])

    letter = json.loads(world.dead_of("ChangesDead", "RetryAttemptsExhausted")["Body"])

    eventually(lambda: set(good) <= set(world.seen("bisected")), "the good records")
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    batch = letter["DDBStreamBatchInfo"]
    assert batch["batchSize"] == 1
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
    assert poison not in world.seen("bisected")


def test_a_failing_record_of_a_stream_is_told_of_and_the_shard_goes_on(world: World) -> None:
    poison, good = unique("poison"), [unique("good") for _ in range(4)]
    sequence = {}
    for body in [*good[:2], poison, *good[2:]]:
        answer = world.kinesis.put_record(
            StreamName=world.outputs["Stream"], PartitionKey="one", Data=body.encode()
        )
        sequence[body] = answer["SequenceNumber"]

    letter = json.loads(world.dead_of("ClicksDead", sequence[poison])["Body"])

    eventually(lambda: set(good) <= set(world.seen("partial")), "the good records")
    assert letter["KinesisBatchInfo"]["startSequenceNumber"] == sequence[poison]
    assert letter["KinesisBatchInfo"]["batchSize"] == 1
    assert [body for body in world.seen("partial") if body in good] == good


def test_a_record_that_fails_at_first_is_done_in_order(world: World) -> None:
    bodies = [unique("first"), unique("flaky"), unique("third")]
    for body in bodies:
        world.kinesis.put_record(StreamName=world.outputs["Stream"], PartitionKey="one", Data=body.encode())

    eventually(lambda: bodies[-1] in world.seen("partial"), "the last record", seconds=90)

    assert [body for body in world.seen("partial") if body in bodies] == bodies
