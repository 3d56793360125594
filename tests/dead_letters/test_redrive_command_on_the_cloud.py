"""Dead letters of deployed functions: the schedule, and people with the command, bring them to an end."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode
from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.dead_letters.dead_letter_commands import World
from tests.synthesis import ROOT

APP = Path(__file__).with_name("redrive_app.py")


class Shop:
    """The deployed functions."""

    def __init__(self, cloud: LocalCloud, outputs: dict[str, str]) -> None:
        self.cloud = cloud
        self.outputs = outputs
        self.sqs = cloud.client("sqs")
        self._table = cloud.client("dynamodb")

    def name(self, queue: str) -> str:
        return self.outputs[queue].rpartition("/")[2]

    def break_down(self, kind: str) -> None:
        self._table.put_item(TableName=self.outputs["Table"], Item={"id": {"S": f"outage#{kind}"}})

    def recover(self, kind: str) -> None:
        self._table.delete_item(TableName=self.outputs["Table"], Key={"id": {"S": f"outage#{kind}"}})

    def order(self, kind: str, error: str = "Timeout") -> dict[str, str]:
        return {"id": uuid4().hex, "kind": kind, "error": error}

    def fail(self, function: str, *orders: dict[str, str]) -> None:
        """Let `function` fail on `orders` for good."""
        client = self.cloud.client("lambda")
        before = self.count(f"{function}Queue")
        for order in orders:
            client.invoke(
                FunctionName=self.outputs[f"{function}Function"],
                InvocationType="Event",
                Payload=json.dumps(order),
            )
        wanted = before + len(orders)
        eventually(lambda: self.count(f"{function}Queue") == wanted, f"{wanted} dead letters")

    def count(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.outputs[queue], AttributeNames=names)
        return sum(int(each) for each in found["Attributes"].values())

    def times(self, order: dict[str, str]) -> int:
        """How often `order` was processed."""
        key = {"id": {"S": order["id"]}}
        found = self._table.get_item(TableName=self.outputs["Table"], Key=key, ConsistentRead=True)
        return int(found.get("Item", {}).get("times", {}).get("N", 0))

    def world(self, **options: Any) -> World:
        return World(self.cloud.client, **options)


@pytest.fixture(scope="module")
def shop(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The deployed app."""
    folder = tmp_path_factory.mktemp("redriven")
    outputs = folder / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = json.loads(outputs.read_text())["Redriven"]
    yield Shop(bootstrapped_cloud, {name.removesuffix("Out"): value for name, value in found.items()})
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)


@pytest.fixture
def kind(shop: Shop) -> Iterator[str]:
    """A kind of orders of which all fail, until it recovers."""
    name = uuid4().hex[:8]
    shop.break_down(name)
    yield name
    shop.recover(name)
    for queue in ("InvoicesQueue", "PaymentsQueue", "Parking"):
        if shop.count(queue):
            assert shop.world().run("purge", "--queue", shop.outputs[queue], "--yes", "--no-save") == 0


def test_the_schedule_gives_events_again_once_the_outage_is_over(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind) for _ in range(3)]
    client = shop.cloud.client("lambda")
    for order in orders:
        client.invoke(
            FunctionName=shop.outputs["OrdersFunction"], InvocationType="Event", Payload=json.dumps(order)
        )
    eventually(lambda: shop.count("OrdersQueue") == 3, "3 dead letters")
    assert [shop.times(order) for order in orders] == [0, 0, 0]
    shop.recover(kind)
    eventually(lambda: all(shop.times(order) for order in orders), "the schedule", seconds=150)
    eventually(lambda: shop.count("OrdersQueue") == 0, "an empty queue")
    assert [shop.times(order) for order in orders] == [1, 1, 1]


def test_inspect_groups_by_error_and_function_and_takes_nothing_out(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind), shop.order(kind), shop.order(kind, "Refused")]
    shop.fail("Invoices", *orders)
    for _ in range(2):  # what was looked at can be looked at again at once
        world = shop.world()
        assert world.run("inspect", "--queue", shop.name("InvoicesQueue"), "--json", "--samples", "2") == 0
        document = world.document
        found = {each["error_type"]: each for each in document["groups"]}
        assert {name: each["messages"] for name, each in found.items()} == {"Timeout": 2, "Refused": 1}
        assert {each["function"] for each in found.values()} == {shop.outputs["InvoicesFunction"]}
        assert found["Timeout"]["by_age"] == {"last_hour": 2, "last_day": 0, "older": 0}
        assert len(found["Timeout"]["samples"]) == 2
        (sample,) = found["Refused"]["samples"]
        assert sample["error_message"] == f"no answer for {orders[2]['id']}"
        assert json.loads(sample["body"])["requestPayload"] == orders[2]
        assert (document["messages"], document["looked_at"]) == (3, 3)
    assert shop.count("InvoicesQueue") == 3


def test_a_queue_is_found_by_url_by_arn_and_by_name(shop: Shop, kind: str) -> None:
    shop.fail("Invoices", shop.order(kind))
    name = shop.name("InvoicesQueue")
    for queue in (name, shop.outputs["InvoicesQueue"], f"arn:aws:sqs:us-east-1:000000000000:{name}"):
        world = shop.world()
        assert world.run("inspect", "--queue", queue) == 0
        assert f"1 message in {name}" in world.text
        assert "Timeout" in world.text


def test_redrive_asks_and_then_brings_every_event_to_the_function_once(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind) for _ in range(12)]
    shop.fail("Invoices", *orders)
    shop.recover(kind)
    queue = shop.outputs["InvoicesQueue"]

    world = shop.world(answer="no")
    with pytest.raises(CommandError, match="Nothing was done"):
        world.run("redrive", "--queue", queue)
    assert "12 messages in" in world.text
    assert "50 a second; parked after 3 attempts" in world.text

    world = shop.world(answer="yes")
    assert world.run("redrive", "--queue", queue) == ExitCode.DONE
    assert [shop.times(order) for order in orders] == [1] * 12
    assert "redriven" in world.text
    assert "About 0 messages left" in world.text
    assert shop.count("InvoicesQueue") == 0

    world = shop.world()
    assert world.run("redrive", "--queue", queue, "--yes") == ExitCode.DONE
    assert "There is nothing to re-drive." in world.text


def test_a_dry_run_changes_nothing(shop: Shop, kind: str) -> None:
    order = shop.order(kind)
    shop.fail("Invoices", order)
    shop.recover(kind)
    world = shop.world()
    assert world.run("redrive", "--queue", shop.outputs["InvoicesQueue"], "--dry-run", "--json") == 0
    assert world.document["dry_run"] is True
    assert world.document["outcomes"]["redriven"] == 1
    assert shop.times(order) == 0
    assert shop.count("InvoicesQueue") == 1


@pytest.mark.parametrize(
    ("words", "processed"),
    [
        (("--error-type", "Timeout"), {"Timeout"}),
        (("--error-type", "Timeout", "--error-type", "Refused"), {"Timeout", "Refused"}),
        (("--except-error-type", "Refused"), {"Timeout"}),
        (("--older-than", "1h"), set()),
        (("--younger-than", "1h"), {"Timeout", "Refused"}),
    ],
)
def test_only_what_the_filters_let_pass_is_redriven(
    shop: Shop, kind: str, words: tuple[str, ...], processed: set[str]
) -> None:
    orders = [shop.order(kind), shop.order(kind, "Refused")]
    shop.fail("Invoices", *orders)
    shop.recover(kind)
    shop.world().run("redrive", "--queue", shop.outputs["InvoicesQueue"], "--yes", *words)
    assert {order["error"] for order in orders if shop.times(order)} == processed
    assert shop.count("InvoicesQueue") + shop.count("Parking") == 2 - len(processed)
    assert shop.count("Parking") == (1 if "--except-error-type" in words else 0)


def test_what_fails_again_waits_then_is_parked_and_comes_back_from_there(shop: Shop, kind: str) -> None:
    order = shop.order(kind)
    shop.fail("Invoices", order)
    queue = shop.outputs["InvoicesQueue"]
    again = ("redrive", "--queue", queue, "--yes", "--max-attempts", "2")

    world = shop.world()
    assert world.run(*again) == ExitCode.INCOMPLETE
    assert "1 message failed: Timeout: no answer for" in world.text
    assert (shop.count("InvoicesQueue"), shop.count("Parking")) == (1, 0)

    world = shop.world()
    assert world.run(*again) == ExitCode.INCOMPLETE
    assert "1 message parked" in world.text
    assert (shop.count("InvoicesQueue"), shop.count("Parking")) == (0, 1)

    watch = shop.cloud.client("cloudwatch")

    def rings() -> bool:
        (alarm,) = watch.describe_alarms(AlarmNames=[shop.outputs["Parked"]])["MetricAlarms"]
        return bool(alarm["StateValue"] == "ALARM")

    eventually(rings, "the alarm on what is parked", seconds=180)

    world = shop.world()
    assert world.run("inspect", "--queue", shop.outputs["Parking"], "--json") == 0
    (group,) = world.document["groups"]
    assert (group["error_type"], group["function"]) == ("Timeout", shop.name("InvoicesQueue"))
    assert group["samples"][0]["attempts"] == 2
    assert "it failed 2 times" in group["samples"][0]["error_message"]

    shop.recover(kind)
    world = shop.world()
    assert world.run("redrive", "--queue", shop.outputs["Parking"], "--yes") == ExitCode.DONE
    assert f"1 message redriven: back in {shop.name('InvoicesQueue')}" in world.text
    assert (shop.count("InvoicesQueue"), shop.count("Parking")) == (1, 0)
    assert world.run(*again) == ExitCode.DONE
    assert shop.times(order) == 1


def test_a_message_that_nobody_can_read_is_parked_and_never_dropped(shop: Shop, kind: str) -> None:  # noqa: ARG001 - it cleans up
    shop.sqs.send_message(QueueUrl=shop.outputs["InvoicesQueue"], MessageBody="{half of it")
    world = shop.world()
    assert world.run("inspect", "--queue", shop.outputs["InvoicesQueue"]) == 0
    assert "malformed" in world.text
    world = shop.world()
    assert world.run("redrive", "--queue", shop.outputs["InvoicesQueue"], "--yes") == ExitCode.INCOMPLETE
    assert "the body is no JSON" in world.text
    (message,) = shop.sqs.receive_message(
        QueueUrl=shop.outputs["Parking"], VisibilityTimeout=0, MessageAttributeNames=["All"]
    )["Messages"]
    assert message["Body"] == "{half of it"


def test_what_is_stopped_finishes_what_it_began_and_goes_on_later(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind) for _ in range(15)]
    shop.fail("Invoices", *orders)
    shop.recover(kind)
    queue = shop.outputs["InvoicesQueue"]
    with pytest.raises(CommandError, match="Stopped") as stopped:
        shop.world(stop_after=12).run("redrive", "--queue", queue, "--yes", "--rate", "20")
    assert stopped.value.code == ExitCode.INTERRUPTED
    assert stopped.value.resume == (
        f"python -m constructs_lib.dead_letters redrive --queue {queue} --rate 20 --yes"
    )
    done = sum(shop.times(order) for order in orders)
    assert 0 < done < 15
    assert shop.count("InvoicesQueue") == 15 - done
    assert shop.world().run("redrive", "--queue", queue, "--yes") == ExitCode.DONE
    assert [shop.times(order) for order in orders] == [1] * 15


def test_ctrl_c_ends_the_real_command_with_the_one_that_goes_on(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind) for _ in range(12)]
    shop.fail("Invoices", *orders)
    shop.recover(kind)
    words = ["redrive", "--queue", shop.name("InvoicesQueue"), "--rate", "1", "--yes"]
    command = subprocess.Popen(
        [sys.executable, "-m", "constructs_lib.dead_letters", *words],
        cwd=ROOT,
        env={**os.environ, **shop.cloud.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C as a shell has it; a process that was started in the background ignores it, and so do its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    eventually(lambda: any(shop.times(order) for order in orders), "the first event")
    command.send_signal(signal.SIGINT)
    text, _ = command.communicate(timeout=120)
    assert command.returncode == ExitCode.INTERRUPTED
    assert "Stopped. What was begun is finished, and the rest waits in the queue." in text
    assert shlex.join(["python", "-m", "constructs_lib.dead_letters", *words]) in text
    done = sum(shop.times(order) for order in orders)
    assert 0 < done < 12
    assert shop.count("InvoicesQueue") == 12 - done
    assert shop.world().run("redrive", "--queue", shop.name("InvoicesQueue"), "--yes") == ExitCode.DONE
    assert [shop.times(order) for order in orders] == [1] * 12


def test_purge_shows_saves_and_deletes_what_was_shown_and_nothing_else(
    shop: Shop, kind: str, tmp_path: Path
) -> None:
    orders = [shop.order(kind) for _ in range(12)]
    shop.fail("Invoices", *orders)
    late = shop.order(kind)
    name, file = shop.name("InvoicesQueue"), tmp_path / "saved.jsonl"
    words = ("purge", "--queue", name, "--save", str(file))

    with pytest.raises(CommandError, match="Nothing was done"):
        shop.world(answer="yes").run(*words)
    assert not file.exists()
    assert shop.count("InvoicesQueue") == 12

    world = shop.world(answer=name, on_ask=lambda: shop.fail("Invoices", late))
    assert world.run(*words) == ExitCode.DONE
    assert f"Type the queue's name, {name}" in world.asked[0]
    assert "12 messages deleted" in world.text
    saved = [json.loads(line) for line in file.read_text().splitlines()]
    assert {json.loads(each["body"])["requestPayload"]["id"] for each in saved} == {
        order["id"] for order in orders
    }
    assert file.stat().st_mode & 0o077 == 0, "it may hold what is nobody else's business"
    eventually(lambda: shop.count("InvoicesQueue") == 1, "what came after it was shown")

    with pytest.raises(CommandError, match="exists already, and nothing is overwritten"):
        shop.world().run(*words, "--yes")
    assert shop.count("InvoicesQueue") == 1


def test_messages_of_a_queue_are_moved_back_by_sqs(shop: Shop, kind: str) -> None:
    orders = [shop.order(kind) for _ in range(3)]
    for order in orders:
        shop.sqs.send_message(QueueUrl=shop.outputs["Payments"], MessageBody=json.dumps(order))
    eventually(lambda: shop.count("PaymentsQueue") == 3, "3 dead letters", seconds=90)
    world = shop.world()
    assert world.run("inspect", "--queue", shop.outputs["PaymentsQueue"], "--json") == 0
    assert [(each["error_type"], each["messages"]) for each in world.document["groups"]] == [("unknown", 3)]
    shop.recover(kind)
    world = shop.world()
    assert world.run("redrive", "--queue", shop.outputs["PaymentsQueue"], "--yes") == ExitCode.DONE
    assert "SQS moves 3 messages back, 5 a second" in world.text
    eventually(lambda: all(shop.times(order) for order in orders), "the moved messages")
    eventually(lambda: shop.count("PaymentsQueue") == 0, "an empty queue")


def test_what_was_parked_from_the_queue_of_a_queue_goes_to_that_queue(shop: Shop, kind: str) -> None:
    order = shop.order(kind)
    shop.sqs.send_message(
        QueueUrl=shop.outputs["Payments"],
        MessageBody=json.dumps(order),
        MessageAttributes={"trace": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}},
    )
    eventually(lambda: shop.count("PaymentsQueue") == 1, "the dead letter", seconds=90)
    again = ("redrive", "--queue", shop.outputs["PaymentsQueue"], "--yes", "--max-attempts", "1")
    assert shop.world().run(*again) == ExitCode.DONE
    eventually(lambda: shop.count("PaymentsQueue") == 1, "it comes back", seconds=90)
    assert shop.world().run(*again) == ExitCode.INCOMPLETE
    assert (shop.count("PaymentsQueue"), shop.count("Parking")) == (0, 1)
    shop.recover(kind)
    world = shop.world()
    assert world.run("redrive", "--queue", shop.outputs["Parking"], "--yes") == ExitCode.DONE
    eventually(lambda: shop.times(order) == 1, "the unparked message")
    assert shop.count("Parking") == 0


def only(shop: Shop, **arguments: str) -> list[str]:
    """The words that say what no tag does."""
    words = {"--ledger": shop.outputs["Ledger"], "--parking-queue": shop.outputs["Parking"], **arguments}
    return [word for name, value in words.items() if value for word in (name, value)]


def test_a_queue_without_a_tag_needs_the_arguments_that_say_the_rest(shop: Shop, kind: str) -> None:
    order, name = shop.order(kind), f"untagged-{uuid4().hex[:8]}"
    url = shop.sqs.create_queue(QueueName=name)["QueueUrl"]
    shop.sqs.send_message(
        QueueUrl=url,
        MessageBody=json.dumps(order),
        MessageAttributes={
            "RULE_ARN": {
                "DataType": "String",
                "StringValue": "arn:aws:events:us-east-1:000000000000:rule/orders",
            },
            "ERROR_CODE": {"DataType": "String", "StringValue": "THROTTLING"},
        },
    )
    shop.recover(kind)
    refused: list[tuple[Callable[[], int], str]] = [
        (lambda: shop.world().run("inspect", "--queue", name), "give --written-by, one of queue, asyn"),
        (
            lambda: shop.world().run("redrive", "--queue", name, "--written-by", "rule", "--yes"),
            "no tag that says where the ledger is: give --ledger",
        ),
    ]
    for attempt, message in refused:
        with pytest.raises(CommandError, match=message):
            attempt()
    world = shop.world()
    words = only(shop, **{"--written-by": "rule", "--function": shop.outputs["InvoicesFunction"]})
    assert world.run("redrive", "--queue", name, "--yes", "--json", *words) == ExitCode.DONE
    assert [(each["error_type"], each["outcome"]) for each in world.document["by_error"]] == [
        ("THROTTLING", "redriven")
    ]
    assert shop.times(order) == 1
    shop.sqs.delete_queue(QueueUrl=url)


def test_what_is_the_dead_letter_queue_of_no_queue_cannot_be_moved_back(shop: Shop) -> None:
    name = f"alone-{uuid4().hex[:8]}"
    url = shop.sqs.create_queue(QueueName=name)["QueueUrl"]
    shop.sqs.send_message(QueueUrl=url, MessageBody="{}")
    words = only(shop, **{"--written-by": "queue"})
    with pytest.raises(CommandError, match=f"{name} cannot be re-driven: ") as raised:
        shop.world().run("redrive", "--queue", name, "--yes", *words)
    assert raised.value.code == ExitCode.REFUSED
    assert shop.world().run("inspect", "--queue", name, "--written-by", "queue") == ExitCode.DONE
    shop.sqs.delete_queue(QueueUrl=url)


def test_a_queue_that_is_not_there_is_named(shop: Shop) -> None:
    with pytest.raises(CommandError, match=r"no queue nowhere here\. Is it the Region"):
        shop.world().run("inspect", "--queue", "nowhere")
