"""Events that go back to the function that could not process them."""

import json
import math
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from redrive.functions import LARGEST
from redrive.handler import RESERVE
from redrive.model import Outcome
from redrive.ports import State
from redrive.settling import LEASE

from constructs_lib.dead_letters.redrive.function import LONGEST_FUNCTION
from tests.dead_letters.redrive.redrive_world import (
    DEAD,
    PARKED,
    SHIP,
    Fault,
    FunctionError,
    KilledError,
    World,
    at,
    client_error,
    counted,
    failed_record,
    once,
    plainly,
    redrive,
)


def broken(_function: str, _event: Any) -> Any:
    raise FunctionError("still broken")


def test_the_function_gets_the_original_payload_once_and_the_queue_is_empty() -> None:
    world = World()
    letter = world.dead(payload={"order": 7, "lines": ["é", 1.5, None]})
    report = redrive(world)
    assert [(function, json.loads(event)) for _, function, event in world.given] == [
        (f"{SHIP}:live", {"order": 7, "lines": ["é", 1.5, None]})
    ]
    assert counted(report) == {"redriven": 1}
    assert (report.remaining, report.stopped, report.errors) == (0, "", {"KeyError": 1})
    assert world.ids(DEAD) == world.ids(PARKED) == []
    assert world.state(letter) is State.DONE
    assert [(each.outcome, each.attempts) for each in world.audit] == [(Outcome.REDRIVEN, 1)]


def test_what_fails_waits_for_the_next_run_and_is_parked_after_the_last_attempt() -> None:
    world = World(answer=broken)
    letter = world.dead()
    for attempt in (1, 2):
        assert counted(redrive(world)) == {"failed": 1}
        assert len(world.given) == attempt
        assert world.queues[DEAD][0].visible_at <= world.now  # the next run sees it at once
    assert counted(redrive(world)) == {"parked": 1}
    assert len(world.given) == 3
    assert world.ids(DEAD) == []
    (parked,) = world.queues[PARKED]
    assert parked.body == json.dumps(failed_record())
    assert parked.attributes["why"] == {
        "reason": "it failed 3 times: FunctionError: still broken",
        "attempts": 3,
        "error_type": "KeyError",
    }
    assert world.state(letter) is State.PARKED
    assert [each.attempts for each in world.audit] == [1, 2, 3]


def test_a_partial_failure_counts_as_a_failure() -> None:
    world = World(answer=lambda _function, _event: {"batchItemFailures": [{"itemIdentifier": "1"}]})
    world.dead()
    assert counted(redrive(world)) == {"failed": 1}
    assert world.audit[0].reason == "it reported 1 of its records as failed"


@pytest.mark.parametrize("answer", [{"batchItemFailures": []}, {"batchItemFailures": None}, [], "done", None])
def test_no_partial_failure_is_a_success(answer: Any) -> None:
    world = World(answer=lambda _function, _event: answer)
    world.dead()
    assert counted(redrive(world)) == {"redriven": 1}


@pytest.mark.parametrize(
    "error",
    [
        client_error("TooManyRequestsException", 429),
        client_error("ServiceException", 500),
        client_error("ResourceNotReadyException", 502),
    ],
)
def test_a_throttle_or_an_outage_is_no_attempt(error: Exception) -> None:
    def refuse(_function: str, _event: Any) -> Any:
        raise error

    world = World(answer=refuse)
    world.dead()
    for _ in range(5):
        report = redrive(world, max_attempts=1)
        assert counted(report) == {"postponed": 1}
        assert report.stopped == "what should take the events is throttled or out of reach"
    world.answer = lambda _function, _event: None
    assert counted(redrive(world, max_attempts=1)) == {"redriven": 1}


def test_an_outage_stops_the_run_before_it_asks_for_every_letter() -> None:
    def refuse(_function: str, _event: Any) -> Any:
        raise client_error("TooManyRequestsException", 429)

    world = World(answer=refuse)
    for number in range(35):
        world.dead(payload=number)
    redrive(world)
    assert len(world.given) == 10
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])


def test_no_answer_counts_and_is_left_alone_until_it_can_not_be_at_work_any_more() -> None:
    world = World(hook=at("invoke", Fault.LOST))
    letter = world.dead()
    assert counted(redrive(world)) == {"failed": 1}
    assert world.state(letter) is State.CLAIMED
    assert counted(redrive(world)) == {"skipped": 1}
    assert len(world.given) == 1
    world.now += LEASE + 1
    assert counted(redrive(world)) == {"redriven": 1}
    assert [each.attempts for each in world.audit] == [1, 2]


def test_an_event_that_no_synchronous_invocation_takes_is_parked() -> None:
    world = World()
    world.dead(payload="x" * LARGEST)
    assert counted(redrive(world)) == {"parked": 1}
    assert not world.given
    assert "a synchronous invocation takes 6291456" in world.audit[0].reason


def test_what_lambda_refuses_for_good_is_parked_at_once() -> None:
    def refuse(_function: str, _event: Any) -> Any:
        raise client_error("RequestTooLargeException", 413)

    world = World(answer=refuse)
    world.dead()
    assert counted(redrive(world)) == {"parked": 1}


def test_fails_when_the_function_may_not_be_invoked_and_counts_nothing() -> None:
    def refuse(_function: str, _event: Any) -> Any:
        raise client_error("AccessDeniedException", 403)

    world = World(answer=refuse)
    letter = world.dead()
    with pytest.raises(Exception, match="AccessDenied"):
        redrive(world, max_attempts=1)
    assert world.entries[f"letter#{letter}"].attempts == 0
    assert world.queues[DEAD][0].visible_at <= world.now
    world.answer = lambda _function, _event: None
    assert counted(redrive(world, max_attempts=1)) == {"redriven": 1}


def test_fails_when_the_queue_may_not_be_read() -> None:
    def hook(_world: World, what: str, act: Any) -> Any:
        if what == "receive":
            raise client_error("AccessDenied", 403)
        return act()

    with pytest.raises(Exception, match="AccessDenied"):
        redrive(World(hook=hook))


def test_a_malformed_letter_is_parked_and_the_others_are_re_driven() -> None:
    world = World()
    world.put(DEAD, "{not JSON")
    world.dead()
    assert counted(redrive(world)) == {"parked": 1, "redriven": 1}
    (parked,) = world.queues[PARKED]
    assert parked.body == "{not JSON"
    assert "the body is no JSON" in parked.attributes["why"]["reason"]


def test_a_letter_for_another_function_is_left_to_its_own_route() -> None:
    world = World()
    world.dead(function=f"{SHIP}-else:live")
    assert counted(redrive(world)) == {"skipped": 1}
    assert len(world.queues[DEAD]) == 1
    assert counted(redrive(world, function=None)) == {"redriven": 1}
    assert world.given[0][1] == f"{SHIP}-else:live"


def test_the_qualifier_of_the_route_gets_what_another_qualifier_failed_with() -> None:
    world = World()
    world.dead(function=f"{SHIP}:$LATEST")
    redrive(world)
    assert world.given[0][1] == f"{SHIP}:live"


@pytest.mark.parametrize(
    ("filters", "outcome"),
    [
        ({"error_types": ["KeyError"]}, "redriven"),
        ({"error_types": ["ValueError"]}, "skipped"),
        ({"except_error_types": ["KeyError"]}, "parked"),
        ({"except_error_types": ["ValueError"]}, "redriven"),
        ({"minimum_age_seconds": 3_601}, "skipped"),
        ({"minimum_age_seconds": 3_600}, "redriven"),
        ({"maximum_age_seconds": 3_599}, "parked"),
        ({"maximum_age_seconds": 3_600}, "redriven"),
        ({"minimum_age_seconds": 10, "except_error_types": ["KeyError"]}, "parked"),
    ],
)
def test_filters_select_by_error_and_by_age(filters: dict[str, Any], outcome: str) -> None:
    world = World()
    letter = world.dead(timestamp="2026-09-21T12:53:20.000Z")
    world.now = 1_789_995_200.0 + 3_600  # an hour later
    assert counted(redrive(world, **filters)) == {outcome: 1}
    assert (letter in world.ids(DEAD)) is (outcome == "skipped")
    assert bool(world.given) is (outcome == "redriven")


def test_a_dry_run_says_what_would_be_and_changes_nothing() -> None:
    world = World()
    world.dead()
    world.dead(error="Poison")
    world.put(DEAD, "[]")
    report = redrive(world, dry_run=True, except_error_types=["Poison"])
    assert counted(report) == {"redriven": 1, "parked": 2}
    assert report.dry_run
    assert report.errors == {"KeyError": 1, "Poison": 1, "unknown": 1}
    assert len(world.queues[DEAD]) == report.remaining == 3
    assert not world.given
    assert not world.entries
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])


def test_no_more_than_so_many_events_a_second_are_given() -> None:
    world = World()
    for number in range(21):
        world.dead(payload=number)
    redrive(world, rate_per_second=4)
    times = [when for when, _, _ in world.given]
    assert len(times) == 21
    assert times[-1] - times[0] == pytest.approx(5.0)
    assert all(later - earlier >= 0.2499 for earlier, later in pairwise(times))


def test_a_run_stops_before_its_time_is_over_and_the_next_one_goes_on() -> None:
    def slowly(_function: str, _event: Any) -> None:
        world.now += 20

    world = World(answer=slowly, timeout=60)
    for number in range(25):
        world.dead(payload=number)
    report = redrive(world, seconds=200)
    assert report.stopped == "the time was over"
    assert world.now <= 1_790_000_000.0 + 200
    assert 5 <= len(world.given) <= 7
    assert report.remaining == 25 - len(world.given)
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])
    for _ in range(5):
        redrive(world, seconds=200)
    assert sorted(json.loads(event) for _, _, event in world.given) == list(range(25))


WHOLE_RUN = 15 * 60 - RESERVE


def test_no_invocation_begins_that_may_outlive_its_run() -> None:
    def slowly(_function: str, _event: Any) -> None:
        world.now += 300

    world = World(answer=slowly, timeout=600)
    for number in range(3):
        world.dead(payload=number)
    for done in (1, 2, 3):
        began = world.now
        report = redrive(world, seconds=WHOLE_RUN)
        assert report.stopped == ("the time was over" if done < 3 else "")
        assert len(world.given) == done
        assert world.given[-1][0] + 600 <= began + WHOLE_RUN
        assert all(each.visible_at <= world.now for each in world.queues[DEAD])
    assert world.ids(DEAD) == []


def test_a_function_slower_than_a_run_is_left_to_people_and_holds_up_no_other() -> None:
    world = World(timeouts={f"{SHIP}-slow": 900})
    for number in range(10):
        world.dead(payload=number, function=f"{SHIP}-slow")
    world.dead(payload=10, function=f"{SHIP}-fast")
    for _ in range(4):
        report = redrive(world, seconds=WHOLE_RUN, function=None)
        assert counted(report)["postponed"] == 10
        assert report.stopped == ""
    assert [function for _, function, _ in world.given] == [f"{SHIP}-fast"]
    assert world.ids(PARKED) == []
    assert all(each.visible_at <= world.now for each in world.queues[DEAD])
    assert counted(redrive(world, seconds=WHOLE_RUN, function=None, dry_run=True)) == {"postponed": 10}
    # By hand there is no end.
    assert counted(redrive(world, seconds=math.inf, function=None)) == {"redriven": 10}


def test_the_slowest_function_that_is_not_warned_of_gets_its_events() -> None:
    world = World(timeout=LONGEST_FUNCTION)
    world.dead()
    assert counted(redrive(world, seconds=WHOLE_RUN - 10)) == {"redriven": 1}


def test_several_threads_re_drive_each_event_once() -> None:
    world = World()
    for number in range(57):
        world.dead(payload=number)
    report = redrive(world, threads=8, rate_per_second=500)
    assert counted(report) == {"redriven": 57}
    assert sorted(json.loads(event) for _, _, event in world.given) == list(range(57))


CALLS = 12
"""More than a run with one letter makes."""


# It was sent to the parking queue, and the run ended, or heard nothing, before that could be written down.
UNKNOWABLE = {("park", Fault.LOST), ("park", Fault.KILLED_LATE), ("write PARKED", Fault.KILLED)}


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("position", range(CALLS))
@pytest.mark.parametrize("poison", [False, True], ids=["repaired", "poison"])
def test_nothing_is_lost_whatever_happens_to_any_one_call(
    fault: Fault, position: int, *, poison: bool
) -> None:
    world = World(answer=broken if poison else lambda _function, _event: None)
    letter = world.dead()
    world.hook = once(position, fault)
    with suppress(KilledError, Exception):  # what stands in the world afterwards is looked at
        redrive(world, max_attempts=1)
    world.hook = plainly
    done = world.state(letter) is State.DONE or any(world.given)
    assert letter in world.ids(DEAD) or done or len(world.queues[PARKED]) == 1
    for _ in range(3):
        world.now += LEASE + 1
        redrive(world, max_attempts=1)
    assert world.ids(DEAD) == []
    assert len(world.given) <= 1
    nobody_knows = (world.calls[position], fault) in UNKNOWABLE
    assert len(world.queues[PARKED]) <= 1 + nobody_knows
    assert world.queues[PARKED] or not poison
    if not poison and world.queues[PARKED]:
        # Whether the only attempt succeeded is not known: a person decides.
        assert "how the last one ended is not known" in world.queues[PARKED][0].attributes["why"]["reason"]


@pytest.mark.parametrize(
    ("what", "times_given", "times_parked"),
    [
        ("write CLAIMED", 0, 1),
        ("invoke", 1, 1),
        ("park", 1, 2),  # sent, and nobody could know
        ("write PARKED", 1, 1),
        ("delete", 1, 1),
    ],
)
def test_a_run_that_dies_at_a_step_parks_twice_only_where_nobody_can_know(
    what: str, times_given: int, times_parked: int
) -> None:
    world = World(answer=broken, hook=at(what, Fault.KILLED_LATE))
    world.dead()
    with pytest.raises(KilledError):
        redrive(world, max_attempts=1)
    world.hook = plainly
    world.now += LEASE + 1
    redrive(world, max_attempts=1)
    assert len(world.given) == times_given
    assert len(world.queues[PARKED]) == times_parked
    assert world.ids(DEAD) == []


def test_what_was_done_and_could_not_be_deleted_is_deleted_later_and_not_given_again() -> None:
    world = World(hook=at("delete", Fault.REFUSED))
    letter = world.dead()
    assert counted(redrive(world)) == {"redriven": 1}
    assert world.ids(DEAD) == [letter]
    world.hook = plainly
    world.now += LEASE
    assert counted(redrive(world)) == {"settled": 1}
    assert world.ids(DEAD) == []
    assert len(world.given) == 1


def test_what_was_done_and_could_not_be_written_down_is_not_given_again() -> None:
    world = World(hook=at("write DONE", Fault.REFUSED))
    world.dead()
    assert counted(redrive(world)) == {"redriven": 1}
    world.now += LEASE + 1
    redrive(world)
    assert len(world.given) == 1


def test_a_parking_queue_that_refuses_leaves_the_letter_where_it_is() -> None:
    world = World(answer=broken, hook=at("park", Fault.REFUSED))
    letter = world.dead()
    assert counted(redrive(world, max_attempts=1)) == {"postponed": 1}
    assert world.ids(DEAD) == [letter]
    assert counted(redrive(world, max_attempts=1)) == {"parked": 1}
    assert len(world.given) == 1
    assert len(world.queues[PARKED]) == 1
