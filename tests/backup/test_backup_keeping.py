"""What is deleted, what never is, and what is said of what there is."""

import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from table_backup.model import Entry, State
from table_backup.retention import Policy, sift
from table_backup.running import FailedError

from tests.backup.backup_world import (
    MAIL,
    ORDERS,
    START,
    Fault,
    Invocation,
    KilledError,
    World,
    moment,
    once,
    plainly,
)

HOUR, DAY = 3_600.0, 86_400.0
TWO = Policy(count=2)


def days(world: World, number: int) -> None:
    """A run a day."""
    for day in range(number):
        Invocation(world, f"{day}").run()
        world.now += DAY


def due(world: World, table: str = ORDERS) -> set[str]:
    """The days of the backups that there are of `table`."""
    return {
        entry.scheduled[:10]
        for entry in world.entries.values()
        if entry.table == table and entry.arn in world.backups
    }


def test_what_need_not_be_kept_is_deleted() -> None:
    world = World(policy=TWO)
    days(world, 4)
    assert due(world) == {"2026-03-03", "2026-03-04"}
    assert world.metric("BackupCount") == [1, 2, 2, 2]


def test_what_somebody_else_made_is_left_alone() -> None:
    world = World(policy=Policy(count=1))
    foreign = [
        world.foreign(),
        world.foreign(name="shop-20260301T010000Z-0"),
        world.foreign(kind="AWS_BACKUP"),
    ]
    days(world, 4)
    assert len(world.backups) == len(foreign) + 1
    assert all(each.arn in world.backups for each in foreign)


@pytest.mark.parametrize("change", [{"name": "another"}, {"table": MAIL}, {"kind": "AWS_BACKUP"}])
def test_fails_on_a_backup_that_is_not_what_was_made_and_leaves_it(change: dict[str, str]) -> None:
    world = World(policy=Policy(count=1))
    days(world, 1)
    (stored,) = world.own()
    vars(stored).update(change)
    with pytest.raises(FailedError, match="not what was made"):
        days(world, 1)
    assert stored.arn in world.backups


def test_the_newest_that_can_be_restored_from_is_kept_while_a_newer_one_is_being_made() -> None:
    world = World(policy=Policy(count=1))
    days(world, 1)
    world.takes = 3 * HOUR
    days(world, 1)
    assert due(world) == {"2026-03-01", "2026-03-02"}
    assert world.metric("AgeOfNewestBackup")[-1] == pytest.approx(DAY, abs=100)
    days(world, 1)
    assert due(world) == {"2026-03-02", "2026-03-03"}


def test_one_that_is_being_made_takes_nobodys_place() -> None:
    world = World(policy=TWO)
    days(world, 2)
    world.takes = 3 * HOUR
    days(world, 1)
    assert due(world) == {"2026-03-01", "2026-03-02", "2026-03-03"}


def test_the_newest_data_is_kept_though_it_was_due_earlier() -> None:
    world = World(policy=Policy(count=1))
    Invocation(world).run()
    world.now += HOUR
    Invocation(world, "two").run(scheduled=START - HOUR)
    assert len(world.own()) == 2
    days(world, 1)
    assert len(world.own()) == 1


def test_nothing_is_deleted_of_a_table_whose_backup_failed() -> None:
    world = World(policy=Policy(keep_for=DAY + HOUR))
    days(world, 2)
    world.now += 10 * DAY
    world.denied.add(("create", ORDERS))
    with pytest.raises(FailedError):
        Invocation(world).run()
    assert due(world) == {"2026-03-01", "2026-03-02"}


def test_a_newest_one_that_somebody_deleted_protects_nobody_and_is_not_counted() -> None:
    world = World(policy=TWO)
    days(world, 2)
    newest = max(world.own(), key=lambda each: each.created)
    del world.backups[newest.arn]
    Invocation(world).look()
    assert world.metric("AgeOfNewestBackup")[-1] == 2 * DAY
    assert world.metric("BackupCount")[-1] == 1


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("position", range(8, 16))
def test_whatever_happens_while_deleting_the_next_run_goes_on(fault: Fault, position: int) -> None:
    world = World(policy=TWO)
    days(world, 3)
    world.calls.clear()
    world.policy = Policy(count=1)
    world.hook = once(position, fault)
    try:
        days(world, 1)
    except (KilledError, FailedError):
        world.now += DAY
    world.hook = plainly
    days(world, 1)
    assert due(world) == {"2026-03-05"}
    assert {entry.state for entry in world.entries.values()} == {State.GOOD, State.DELETED}


def test_a_backup_that_is_being_restored_is_deleted_later() -> None:
    world = World(policy=Policy(count=1))
    days(world, 1)
    world.in_use = {world.own()[0].arn}
    days(world, 1)
    assert len(world.own()) == 2
    world.in_use = set()
    days(world, 1)
    assert due(world) == {"2026-03-03"}


def test_fails_where_it_may_not_delete_once_everything_else_is_done() -> None:
    world = World(policy=Policy(count=1))
    Invocation(world).run([ORDERS, MAIL])
    world.now += DAY
    world.denied = {("delete", ORDERS)}
    with pytest.raises(FailedError, match=f"{ORDERS} keeps backups that are over: .*AccessDenied"):
        Invocation(world).run([ORDERS, MAIL])
    assert due(world, MAIL) == {"2026-03-02"}
    assert world.metric("BackupsFailed")[-1] == 0


def test_what_was_deleted_is_not_made_again_by_a_late_event() -> None:
    world = World(policy=Policy(count=1))
    days(world, 3)
    assert Invocation(world).run(scheduled=START) == {"made": 0, "tables": 1}
    assert due(world) == {"2026-03-03"}


def test_what_a_look_finds_is_as_old_as_the_newest_backup_or_the_first_look() -> None:
    world = World()
    Invocation(world).look()
    world.now += 2 * DAY
    Invocation(world).look()
    Invocation(world).run()
    world.now += HOUR
    Invocation(world).look()
    assert world.metric("AgeOfNewestBackup") == pytest.approx([0, 2 * DAY, 0, HOUR], abs=5)
    assert world.metric("BackupSizeBytes") == [10, 10]


def test_a_look_finds_out_that_a_backup_has_become_available() -> None:
    world = World(takes=HOUR)
    Invocation(world).run()
    assert world.metric("BackupSizeBytes") == []
    world.now += HOUR
    Invocation(world).look()
    assert [entry.state for entry in world.entries.values()] == [State.GOOD]


def test_a_look_that_fails_publishes_nothing_of_that_table_and_the_others() -> None:
    world = World()
    Invocation(world).run([ORDERS, MAIL])
    world.lines.clear()
    world.denied.add(("describe", MAIL))
    assert Invocation(world).look([ORDERS, MAIL]) == {"looked": 1}
    assert {line["TableName"] for line in world.lines} == {"o"}


def test_a_metric_line_is_in_the_embedded_format() -> None:
    world = World()
    Invocation(world).run()
    (line,) = world.lines
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "constructs_lib/Backup",
            "Dimensions": [["Schedule"], ["Schedule", "TableName"]],
            "Metrics": [
                {"Name": "BackupsFailed", "Unit": "Count"},
                {"Name": "BackupDuration", "Unit": "Seconds"},
                {"Name": "AgeOfNewestBackup", "Unit": "Seconds"},
                {"Name": "BackupCount", "Unit": "Count"},
                {"Name": "BackupSizeBytes", "Unit": "Bytes"},
            ],
        }
    ]
    assert (line["Schedule"], line["TableName"]) == ("Shop/Backup", "o")


def many(world: World, number: int) -> None:
    for hour in range(number):
        stored = world.store(ORDERS, f"shop-{hour}")
        stored.created = world.now - hour * HOUR
        entry = Entry(
            table=ORDERS,
            scheduled=moment(stored.created),
            state=State.GOOD,
            name=stored.name,
            claim="earlier",
            claimed_at=stored.created,
            arn=stored.arn,
            created=stored.created,
        )
        world.entries[ORDERS, entry.scheduled] = entry


def test_runs_go_on_deleting_where_the_time_of_one_is_not_enough() -> None:
    world = World(policy=Policy(count=10))
    many(world, 5_000)
    runs = 0
    while len(world.own()) > 10:
        runs += 1
        began = world.now
        Invocation(world, f"{runs}").run()
        assert world.now - began < 910
        world.now += HOUR
    assert 2 <= runs <= 4


def test_sifting_many_backups_takes_no_memory_for_each() -> None:
    def backups(number: int) -> Any:
        for hour in range(number):
            yield datetime.fromtimestamp(START - hour * HOUR, UTC), hour

    def peak(number: int) -> int:
        tracemalloc.start()
        for _ in sift(Policy(daily=7, weekly=4, monthly=12), backups(number), datetime.now(UTC)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(10_000) < 2 * peak(100) + 4_096
