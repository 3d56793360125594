"""One backup for each table and scheduled time, whatever fails and whoever else is at it."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from table_backup.making import LEASE
from table_backup.model import State
from table_backup.running import FailedError

from tests.backup.backup_world import (
    MAIL,
    ORDERS,
    START,
    STOCK,
    Fault,
    Hook,
    Invocation,
    KilledError,
    World,
    client_error,
    moment,
    once,
    plainly,
    suffer,
)

HOUR, DAY = 3_600.0, 86_400.0
CALLS_OF_A_RUN = 7
"""More than a run of one table makes, so that the last faults hit nothing."""


def attempt(world: World, name: str = "one", **options: Any) -> bool:
    """Whether a run came to its end without a complaint."""
    try:
        Invocation(world, name).run(**options)
    except (KilledError, FailedError):
        return False
    return True


def test_a_backup_is_made_and_written_down() -> None:
    world = World()
    assert Invocation(world).run() == {"made": 1, "tables": 1}
    (backup,) = world.own()
    (entry,) = world.entries.values()
    assert (entry.arn, entry.state, entry.name) == (backup.arn, State.GOOD, backup.name)
    assert backup.name.startswith("shop-20260301T010000Z-")


def test_the_same_event_again_makes_no_second_one() -> None:
    world = World()
    Invocation(world).run(scheduled=START)
    world.now += HOUR
    assert Invocation(world, "two").run(scheduled=START) == {"made": 0, "tables": 1}
    assert Invocation(world, "three").run(scheduled="2026-03-01T02:00:00+01:00") == {"made": 0, "tables": 1}
    assert len(world.own()) == 1
    assert len(world.metric("BackupDuration")) == 1


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("position", range(CALLS_OF_A_RUN))
@pytest.mark.parametrize("listed_after", [0.0, 20.0])
def test_whatever_happens_to_a_call_there_is_one_backup_in_the_end(
    fault: Fault, position: int, listed_after: float
) -> None:
    world = World(listed_after=listed_after, hook=once(position, fault), takes=5)
    due = world.now
    attempt(world, scheduled=due)
    world.hook = plainly
    world.now += 60  # when Lambda runs it again
    assert attempt(world, "two", scheduled=due)
    (backup,) = world.own()
    (entry,) = world.entries.values()
    assert (entry.arn, entry.state) == (backup.arn, State.GOOD)


def after(calls: int, fault: Fault) -> Hook:
    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        return suffer(fault, act) if len(world.calls) - 1 == calls else act()

    return hook


@pytest.mark.parametrize("second", Fault)
@pytest.mark.parametrize("first", Fault)
def test_whatever_happens_to_two_runs_the_third_leaves_one_backup(first: Fault, second: Fault) -> None:
    for position, other, pause in product(range(CALLS_OF_A_RUN), range(CALLS_OF_A_RUN + 2), (60, 120)):
        world = World(listed_after=20.0, takes=5)
        due = world.now
        for name, fault, call in (("one", first, position), ("two", second, other)):
            world.hook = after(len(world.calls) + call, fault)
            attempt(world, name, scheduled=due)
            world.now += pause
        world.hook = plainly
        assert attempt(world, "three", scheduled=due)
        assert len(world.own()) == 1, (position, other, pause)


@pytest.mark.parametrize("frozen", [0.0, 2 * LEASE])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("position", range(CALLS_OF_A_RUN))
def test_two_runs_at_once_make_one_backup(position: int, frozen: float, *, late: bool) -> None:
    """The second one runs while the first is at each of its calls, which may take longer than its claim."""
    world = World()
    due = world.now
    answers: list[bool] = []

    def second() -> None:
        world.hook = plainly
        world.now += frozen
        answers.append(attempt(world, "two", scheduled=due))

    def hook(_world: World, _what: str, act: Callable[[], Any]) -> Any:
        if len(world.calls) - 1 != position:
            return act()
        if late:
            found = act()
            second()
            return found
        second()
        return act()

    world.hook = hook
    answers.append(attempt(world, scheduled=due))
    assert all(answers)
    (backup,) = world.own()
    (entry,) = world.entries.values()
    assert (entry.arn, entry.state) == (backup.arn, State.GOOD)


def test_a_run_that_was_frozen_for_longer_than_its_claim_makes_nothing() -> None:
    world = World()
    due = world.now

    def hook(_world: World, what: str, act: Callable[[], Any]) -> Any:
        found = act()
        if what == "claim":
            world.hook = plainly
            world.now += 2 * LEASE
            attempt(world, "two", scheduled=due)
        return found

    world.hook = hook
    assert attempt(world, scheduled=due)
    assert (world.calls.count("create"), len(world.own())) == (1, 1)


def test_a_run_waits_for_another_that_is_at_it() -> None:
    world = World(hook=once(2, Fault.KILLED_LATE))  # after CreateBackup, before its ARN is written down
    due = world.now
    assert not attempt(world, scheduled=due)
    world.hook = plainly
    world.now += 1
    assert attempt(world, "two", scheduled=due)
    assert world.now >= START + LEASE
    assert len(world.own()) == 1


def test_a_backup_of_the_same_name_from_before_the_claim_is_not_taken_for_ones_own() -> None:
    world = World(hook=once(2, Fault.KILLED))
    due = world.now
    attempt(world, scheduled=due)
    (entry,) = world.entries.values()
    older = world.foreign(name=entry.name)
    older.created -= DAY
    world.hook = plainly
    assert attempt(world, "two", scheduled=due)
    (entry,) = world.entries.values()
    assert entry.arn != older.arn
    assert older.arn in world.backups


@pytest.mark.parametrize(
    "code",
    [
        "BackupInUseException",
        "LimitExceededException",
        "ThrottlingException",
        "ContinuousBackupsUnavailableException",
    ],
)
def test_what_is_refused_for_now_is_tried_again_in_the_same_run(code: str) -> None:
    world = World()

    def hook(_world: World, what: str, act: Callable[[], Any]) -> Any:
        return suffer(Fault.REFUSED, act, code) if what == "create" and world.now < START + 100 else act()

    world.hook = hook
    Invocation(world).run()
    assert world.now >= START + 100
    assert len(world.own()) == 1
    assert "list" not in world.calls  # what was refused has left nothing behind


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.UNHEARD, Fault.LOST])
def test_a_call_that_fails_once_does_not_fail_the_run(fault: Fault, position: int) -> None:
    world = World(hook=once(position, fault))
    assert Invocation(world).run() == {"made": 1, "tables": 1}
    assert len(world.own()) == 1


def test_a_server_error_is_no_answer() -> None:
    world = World()

    def hook(_world: World, what: str, act: Callable[[], Any]) -> Any:
        found = act()
        if what == "create" and world.calls.count("create") == 1:
            raise client_error("InternalServerError", 500)
        return found

    world.hook = hook
    Invocation(world).run()
    assert (len(world.own()), world.calls.count("create")) == (1, 1)


def test_a_table_that_is_in_use_is_reported_once_the_others_are_done() -> None:
    world = World(in_use={MAIL})
    with pytest.raises(FailedError, match=rf"^{MAIL} was not backed up: .*BackupInUse.*") as error:
        Invocation(world).run([ORDERS, MAIL, STOCK])
    assert ORDERS not in str(error.value)
    assert [len(world.own(table)) for table in (ORDERS, MAIL, STOCK)] == [1, 0, 1]
    assert [world.metric("BackupsFailed", table) for table in (ORDERS, MAIL, STOCK)] == [[0], [1], [0]]


@pytest.mark.parametrize(
    ("world", "problem"),
    [
        (World(denied={("create", MAIL)}), "AccessDenied"),
        (World(gone_tables={MAIL}), "TableNotFound"),
    ],
    ids=["denied", "deleted"],
)
def test_what_cannot_succeed_is_reported_at_once_and_the_others_are_done(world: World, problem: str) -> None:
    with pytest.raises(FailedError, match=f"{MAIL} was not backed up: .*{problem}"):
        Invocation(world).run([MAIL, ORDERS])
    assert world.now < START + 10
    assert len(world.own()) == 1


def test_a_run_that_is_repeated_does_only_what_failed() -> None:
    world = World(denied={("create", MAIL)})
    with pytest.raises(FailedError):
        Invocation(world).run([MAIL, ORDERS], START)
    world.denied.clear()
    world.now += 120
    assert Invocation(world, "two").run([MAIL, ORDERS], START) == {"made": 1, "tables": 2}
    assert [len(world.own(table)) for table in (ORDERS, MAIL)] == [1, 1]


def test_an_event_of_last_week_makes_nothing_where_there_is_a_newer_backup() -> None:
    world = World()
    Invocation(world).run()
    assert Invocation(world, "two").run(scheduled=START - 7 * DAY) == {"made": 0, "tables": 1}
    assert len(world.own()) == 1


def test_an_event_of_last_week_makes_a_backup_where_there_is_no_newer_one() -> None:
    world = World()
    Invocation(world).run(scheduled=START - 8 * DAY)
    assert Invocation(world, "two").run(scheduled=START - 7 * DAY) == {"made": 1, "tables": 1}
    assert len(world.own()) == 2


def test_an_event_of_this_morning_makes_its_backup_though_there_is_a_newer_one() -> None:
    world = World()
    Invocation(world).run()
    assert Invocation(world, "two").run(scheduled=START - HOUR) == {"made": 1, "tables": 1}


def test_fails_on_an_event_of_the_future() -> None:
    world = World()
    with pytest.raises(FailedError, match="lies in the future"):
        Invocation(world).run(scheduled=START + DAY)
    assert world.own() == []


@pytest.mark.parametrize("text", ["yesterday", "2026-03-01T01:00:00"])
def test_fails_on_a_time_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Invocation(World()).run(scheduled=text)


def test_there_is_an_end_to_waiting() -> None:
    world = World(in_use={ORDERS})
    with pytest.raises(FailedError):
        Invocation(world).run()
    assert START + 240 <= world.now <= START + 300


def test_a_hundred_tables_are_done_within_the_limits_of_lambda() -> None:
    world = World(takes=30)
    tables = [f"{ORDERS}-{number}" for number in range(100)]
    assert Invocation(world).run(tables)["made"] == 100
    assert world.now - START < 300
    created = sorted(each.created for each in world.backups.values())
    assert all(later - earlier >= 1 for earlier, later in zip(created, created[50:], strict=False))


def test_names_are_as_dynamodb_takes_them() -> None:
    world = World()
    Invocation(world).run(scheduled=moment(START))
    (backup,) = world.own()
    assert set(backup.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
    assert 3 <= len(backup.name) <= 255
