"""Messages that go back to the queue which moved them to its dead-letter queue."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from redrive.letters import Letters
from redrive.model import Letter
from redrive.moves import MoveFailedError
from redrive.ports import State
from redrive.settling import LEASE

from tests.dead_letters.redrive.redrive_world import (
    DEAD,
    DEAD_ARN,
    PARKED,
    SOURCE,
    SOURCE_ARN,
    Fault,
    KilledError,
    World,
    at,
    client_error,
    counted,
    plainly,
    redrive,
)

QUEUE: dict[str, Any] = {"written_by": "queue", "function": None}
BY_HAND: dict[str, Any] = {**QUEUE, "minimum_age_seconds": 0}
FIFO: dict[str, Any] = {**QUEUE, "queue_arn": f"{DEAD_ARN}.fifo"}


def text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def test_sqs_moves_everything_back_at_the_rate_of_the_route() -> None:
    world = World()
    for number in range(23):
        world.put(DEAD, f"order {number}")
    report = redrive(world, **QUEUE, rate_per_second=50)
    (task,) = world.tasks
    assert (task["SourceArn"], task["MaxNumberOfMessagesPerSecond"]) == (DEAD_ARN, 50)
    assert (counted(report), report.moving) == ({"redriven": 23}, 23)
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])  # a task moves what nobody holds
    world.finish_moves()
    assert len(world.queues[SOURCE]) == 23


def test_an_empty_queue_starts_no_task() -> None:
    world = World()
    assert counted(redrive(world, **QUEUE)) == {}
    assert not world.tasks


def test_what_comes_back_again_and_again_is_parked_and_the_rest_moves() -> None:
    world = World()
    world.put(DEAD, "poison")
    for _ in range(3):
        assert counted(redrive(world, **QUEUE)) == {"redriven": 1}
        world.finish_moves()
        world.fail_again()
    world.put(DEAD, "fresh")
    assert counted(redrive(world, **QUEUE)) == {"parked": 1, "redriven": 1}
    (parked,) = world.queues[PARKED]
    assert parked.body == "poison"
    assert parked.attributes["why"]["reason"] == "it was sent back 3 times, and came back"
    assert parked.attributes["why"]["attempts"] == 3
    world.finish_moves()
    assert [each.body for each in world.queues[SOURCE]] == ["fresh"]


def test_two_messages_with_the_same_content_share_their_rounds_and_are_parked_together() -> None:
    world = World()
    for _ in range(2):
        world.put(DEAD, "poison")
    for _ in range(2):
        assert counted(redrive(world, **QUEUE, max_attempts=2)) == {"redriven": 2}
        world.finish_moves()
        world.fail_again()
    assert counted(redrive(world, **QUEUE, max_attempts=2)) == {"parked": 2}
    world.put(DEAD, "poison")  # an event of its own, a day later
    assert counted(redrive(world, **QUEUE, max_attempts=2)) == {"redriven": 1}


def test_the_group_and_the_attributes_tell_events_with_the_same_body_apart() -> None:
    world = World()
    world.put(DEAD, "x", attributes={"a": text("1")})
    world.put(DEAD, "x", attributes={"a": text("2")})
    world.put(DEAD, "x", system={"MessageGroupId": "g"})
    redrive(world, **QUEUE)
    assert len([key for key in world.entries if key.startswith("event#")]) == 3


def test_sweeps_without_a_task_count_one_round_only() -> None:
    def hook(_world: World, what: str, act: Any) -> Any:
        if what == "start":
            raise client_error("ThrottlingException")
        return act()

    world = World(hook=hook)
    world.put(DEAD, "order")
    for _ in range(5):
        with pytest.raises(Exception, match="Throttling"):
            redrive(world, **QUEUE)
    world.hook = plainly
    assert counted(redrive(world, **QUEUE, max_attempts=1)) == {"redriven": 1}


@pytest.mark.parametrize("status", ["RUNNING", "CANCELLING"])
def test_no_second_task_is_started_while_one_is_at_work(status: str) -> None:
    world = World(tasks=[{"Status": status, "StartedTimestamp": 1}])
    world.put(DEAD, "order")
    report = redrive(world, **QUEUE)
    assert report.stopped == "SQS is moving messages already"
    assert "receive" not in world.calls
    assert len(world.tasks) == 1


def test_a_task_of_somebody_else_that_was_faster_is_no_error() -> None:
    def hook(_world: World, what: str, act: Any) -> Any:
        if what == "start":
            world.tasks.append({"Status": "RUNNING", "StartedTimestamp": 1})
        return act()

    world = World(hook=hook)
    world.put(DEAD, "order")
    assert counted(redrive(world, **QUEUE)) == {"skipped": 1}


def test_fails_when_sqs_does_not_take_the_queue_for_a_dead_letter_queue() -> None:
    def hook(_world: World, what: str, act: Any) -> Any:
        if what == "start":
            raise client_error("InvalidParameterValue")
        return act()

    world = World(hook=hook)
    world.put(DEAD, "order")
    with pytest.raises(ValueError, match=f"SQS moves nothing out of {DEAD_ARN}"):
        redrive(world, **QUEUE)
    assert world.queues[DEAD][0].visible_at <= world.now


def test_one_sweep_at_a_time_until_its_lease_ends() -> None:
    world = World(hook=at("receive", Fault.KILLED_LATE))
    world.put(DEAD, "order")
    with pytest.raises(KilledError):
        redrive(world, **QUEUE)
    world.hook = plainly
    assert redrive(world, **QUEUE).stopped == "another run is at it"
    world.now += LEASE + 1
    assert counted(redrive(world, **QUEUE)) == {"redriven": 1}
    world.finish_moves()
    world.fail_again()
    assert counted(redrive(world, **QUEUE)) == {"redriven": 1}  # the lock was given back


def test_what_is_too_old_is_parked_and_is_not_moved() -> None:
    world = World()
    world.put(DEAD, "old")
    world.now += 100
    world.put(DEAD, "new")
    assert counted(redrive(world, **QUEUE, maximum_age_seconds=50)) == {"parked": 1, "redriven": 1}
    assert [each.body for each in world.queues[PARKED]] == ["old"]


def test_a_letter_that_can_not_be_parked_is_not_moved_either() -> None:
    world = World(hook=at("park", Fault.REFUSED))
    world.put(DEAD, "old")
    world.now += 100
    world.put(DEAD, "new")
    assert counted(redrive(world, **QUEUE, maximum_age_seconds=50)) == {"postponed": 1, "redriven": 1}
    world.finish_moves()
    assert [each.body for each in world.queues[DEAD]] == ["old"]
    world.now += LEASE
    assert counted(redrive(world, **QUEUE, maximum_age_seconds=50)) == {"parked": 1}


def test_a_sweep_that_runs_out_of_time_moves_what_it_could_not_count() -> None:
    def hook(_world: World, what: str, act: Any) -> Any:
        world.now += 20 if what == "receive" else 0
        return act()

    world = World(hook=hook)
    for number in range(50):
        world.put(DEAD, f"order {number}")
    report = redrive(world, **QUEUE, seconds=60)
    assert report.stopped == "the time was over; what could not be counted is moved all the same"
    assert len(world.tasks) == 1
    world.finish_moves()
    assert len(world.queues[SOURCE]) == 50


def test_a_sweep_of_more_than_there_is_time_for_still_releases_all_and_starts_the_task() -> None:
    """A queue of an outage: what is held has to be released before the function ends, and a task started."""
    took = {"receive": 0.05, "release": 0.04}

    def hook(world: World, what: str, act: Any) -> Any:
        world.now += took.get(what, 0.0)
        return act()

    world = World(hook=hook)
    ends = world.now + 60
    for number in range(20_000):
        world.put(DEAD, f"order {number}")

    report = redrive(world, **QUEUE, seconds=60)

    assert report.stopped == "the time was over; what could not be counted is moved all the same"
    assert len(world.tasks) == 1
    assert world.now <= ends
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])


def test_a_sweep_keeps_no_more_of_a_letter_than_what_releases_it(monkeypatch: pytest.MonkeyPatch) -> None:
    released: list[Letter] = []
    release = Letters.release

    def spy(letters: Letters, some: Sequence[Letter]) -> None:
        released.extend(some)
        release(letters, some)

    monkeypatch.setattr(Letters, "release", spy)
    world = World()
    for number in range(30):
        world.put(DEAD, f"order {number}" * 1000, attributes={"a": text("1")})

    assert counted(redrive(world, **QUEUE)) == {"redriven": 30}

    assert len(released) == 30
    assert {(each.body, len(each.attributes), len(each.system)) for each in released} == {("", 0, 0)}


def test_a_dry_run_counts_nothing_and_starts_nothing() -> None:
    world = World()
    world.put(DEAD, "old")
    world.now += 100
    world.put(DEAD, "new")
    report = redrive(world, **QUEUE, maximum_age_seconds=50, dry_run=True)
    assert (counted(report), report.moving) == ({"parked": 1, "redriven": 1}, 0)
    assert not world.tasks
    assert not world.entries
    assert len(world.queues[DEAD]) == 2
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])


def test_a_minimum_age_sends_the_others_by_hand_with_all_that_they_have() -> None:
    world = World()
    attributes = {"kind": text("order"), "raw": {"DataType": "Binary", "BinaryValue": b"\x00"}}
    world.put(DEAD, "old", attributes=attributes, system={"AWSTraceHeader": "Root=1", "MessageGroupId": "g"})
    world.now += 100
    young = world.put(DEAD, "young")
    report = redrive(world, **{**QUEUE, "minimum_age_seconds": 50})
    assert counted(report) == {"redriven": 1, "skipped": 1}
    assert world.ids(DEAD) == [young]
    assert world.sent == [
        {
            "QueueUrl": SOURCE,
            "MessageBody": "old",
            "MessageAttributes": attributes,
            "MessageGroupId": "g",
            "MessageSystemAttributes": {"AWSTraceHeader": text("Root=1")},
        }
    ]
    assert not world.tasks


def test_what_was_sent_by_hand_too_often_is_parked() -> None:
    world = World()
    world.put(DEAD, "poison")
    for _ in range(3):
        assert counted(redrive(world, **BY_HAND)) == {"redriven": 1}
        world.fail_again()
    assert counted(redrive(world, **BY_HAND)) == {"parked": 1}
    assert world.queues[PARKED][0].attributes["why"]["attempts"] == 3


def test_a_throttled_send_is_no_round() -> None:
    world = World(hook=at("send", Fault.REFUSED))
    world.put(DEAD, "order")
    assert counted(redrive(world, **BY_HAND, max_attempts=1)) == {"postponed": 1}
    assert counted(redrive(world, **BY_HAND, max_attempts=1)) == {"redriven": 1}


def test_each_message_goes_to_the_queue_that_it_came_from() -> None:
    world = World(sources=[SOURCE, f"{SOURCE}-else"])
    world.queues[f"{SOURCE}-else"] = []
    world.put(DEAD, "a", system={"DeadLetterQueueSourceArn": f"{SOURCE_ARN}-else"})
    world.put(DEAD, "b", system={"DeadLetterQueueSourceArn": SOURCE_ARN})
    world.put(DEAD, "c", system={"DeadLetterQueueSourceArn": f"{SOURCE_ARN}-gone"})
    assert counted(redrive(world, **BY_HAND)) == {"redriven": 2, "parked": 1}
    assert [(each["QueueUrl"], each["MessageBody"]) for each in world.sent] == [
        (f"{SOURCE}-else", "a"),
        (SOURCE, "b"),
    ]


def test_fails_when_no_queue_has_this_dead_letter_queue() -> None:
    world = World(sources=[])
    world.put(DEAD, "order")
    with pytest.raises(Exception, match=r"No queue has .*dead as its dead-letter queue"):
        redrive(world, **BY_HAND)


def fifo(world: World, body: str, group: str) -> str:
    number = next(world.numbers)
    return world.put(DEAD, body, system={"MessageGroupId": group, "MessageDeduplicationId": f"d{number}"})


def test_a_fifo_queue_gets_its_messages_by_hand_in_order_with_group_and_deduplication() -> None:
    world = World()
    for number in range(25):
        fifo(world, f"{number}", "ab"[number % 2])
    ids = [each.system["MessageDeduplicationId"] for each in world.queues[DEAD]]
    assert counted(redrive(world, **FIFO, rate_per_second=500)) == {"redriven": 25}
    assert not world.tasks
    for group in (0, 1):
        sent = [int(each["MessageBody"]) for each in world.sent if each["MessageGroupId"] == "ab"[group]]
        assert sent == list(range(group, 25, 2))
    assert [each["MessageDeduplicationId"] for each in world.sent] == ids


def test_nothing_overtakes_an_earlier_message_of_its_group() -> None:
    world = World(hook=at("send", Fault.REFUSED))
    for body, group in (("a1", "a"), ("b1", "b"), ("a2", "a")):
        fifo(world, body, group)
    assert counted(redrive(world, **FIFO)) == {"postponed": 1, "redriven": 1, "skipped": 1}
    assert [each["MessageBody"] for each in world.sent] == ["b1"]
    redrive(world, **FIFO)
    assert [each["MessageBody"] for each in world.sent] == ["b1", "a1", "a2"]


@pytest.mark.parametrize("fault", [Fault.KILLED, Fault.KILLED_LATE, Fault.LOST, Fault.UNHEARD])
@pytest.mark.parametrize("what", ["write CLAIMED", "write OPEN", "send", "write DONE", "delete"])
def test_a_message_is_in_a_queue_whatever_happens(what: str, fault: Fault) -> None:
    world = World(hook=at(what, fault))
    letter = world.put(DEAD, "order")
    with suppress(KilledError, Exception):  # what stands in the world afterwards is looked at
        redrive(world, **BY_HAND)
    world.hook = plainly
    assert world.ids(DEAD) or world.ids(SOURCE)
    world.now += LEASE + 1
    redrive(world, **BY_HAND)
    assert world.ids(DEAD) == []
    assert 1 <= len(world.queues[SOURCE]) <= 2
    assert world.state(letter) in (State.DONE, None) or what == "write DONE"


NO_SOURCE, DENIED = "CouldNotDetermineMessageSource", "AccessDenied"


@pytest.mark.parametrize(("reason", "moved"), [(NO_SOURCE, 0), (DENIED, 1)])
def test_a_task_that_failed_at_messages_or_moved_some_is_told_of_and_counts_as_a_round(
    caplog: pytest.LogCaptureFixture, reason: str, moved: int
) -> None:
    world = World()
    world.put(DEAD, "sent here by hand")
    redrive(world, **QUEUE, max_attempts=1)
    world.fail_moves(reason, moved=moved)
    assert counted(redrive(world, **QUEUE, max_attempts=1)) == {"parked": 1}
    assert reason in caplog.text


@pytest.mark.parametrize("reason", [DENIED, "AWS.SimpleQueueService.NonExistentQueue"])
def test_a_task_that_could_move_nothing_raises_and_parks_nothing_however_often(
    caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    world = World()
    world.put(DEAD, "order")
    redrive(world, **QUEUE, max_attempts=2)
    world.finish_moves()
    world.fail_again()
    redrive(world, **QUEUE, max_attempts=2)
    for failures in range(1, 15):  # more than SQS lists, so that the task that moved it is forgotten
        world.fail_moves(reason)
        with pytest.raises(MoveFailedError, match=f"out of {DEAD_ARN} moved none: {reason}"):
            redrive(world, **QUEUE, max_attempts=2)
        assert len(world.tasks) == 2 + failures  # only another task shows whether the cause is mended
        assert world.ids(PARKED) == []
    assert [each.attempts for key, each in world.entries.items() if key.startswith("event#")] == [2]
    assert reason in caplog.text
    world.finish_moves()
    assert len(world.queues[SOURCE]) == 1
    world.fail_again()
    assert counted(redrive(world, **QUEUE, max_attempts=2)) == {"parked": 1}


def test_what_comes_while_no_task_can_move_anything_has_all_its_rounds() -> None:
    world = World()
    world.put(DEAD, "first")
    redrive(world, **QUEUE, max_attempts=1)
    world.fail_moves(DENIED)
    world.put(DEAD, "second")
    for _ in range(3):
        with pytest.raises(MoveFailedError):
            redrive(world, **QUEUE, max_attempts=1)
        world.fail_moves(DENIED)
    with pytest.raises(MoveFailedError):
        redrive(world, **QUEUE, max_attempts=1)
    world.finish_moves()
    assert sorted(each.body for each in world.queues[SOURCE]) == ["first", "second"]
    assert world.ids(PARKED) == []


def test_a_failed_task_alarms_nobody_once_the_queue_is_empty_nor_in_a_dry_run() -> None:
    world = World()
    world.put(DEAD, "order")
    redrive(world, **QUEUE)
    world.fail_moves(DENIED)
    assert counted(redrive(world, **QUEUE, dry_run=True)) == {"redriven": 1}
    world.queues[DEAD].clear()
    assert counted(redrive(world, **QUEUE)) == {}
    assert len(world.tasks) == 1
