"""A restore test from its event to its verdict, whatever fails on the way."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from table_restore.ledger import State
from table_restore.options import Unchanged

from tests.backup.restore_walk import Execution
from tests.backup.restore_world import (
    EXECUTION,
    ORDERS,
    PREFIX,
    RUN,
    START,
    KilledError,
    StoppedError,
    Table,
    World,
    client_error,
    order,
    plainly,
)

SECOND = f"{EXECUTION[:-3]}two"
Hook = Callable[[World, str, Callable[[], Any]], Any]


def quick(**more: Any) -> World:
    """A world whose restores are short, so that there are few calls."""
    return World.with_orders(8, takes=12.0, deleting=3.0, page=100, **more)


def clean(world: World) -> bool:
    """Whether nothing is left but the source, as it was."""
    return world.temporary == [] and set(world.tables) == {"orders"} and "orders" not in world.deleted


def test_a_good_backup_passes_and_nothing_stays() -> None:
    world = World.with_orders()
    status, report = Execution(world).go()
    entry = world.entry()

    assert (status, report["state"], report["reasons"]) == ("SUCCEEDED", "passed", [])
    assert report["backup"] == f"{ORDERS}/backup/00000000"
    assert (report["items"], report["compared"], report["left_out"]) == (30, 30, 0)
    assert 600 <= report["restore_seconds"] <= 660 + 5
    assert report["seed"] == f"{ORDERS} {RUN}"
    assert (entry.state, entry.open, entry.finished) == (State.PASSED, (), report["finished"])
    assert entry.expires > world.now + 365 * 86_400
    assert clean(world)


def test_the_ledger_says_it_as_the_runbook_reads_it() -> None:
    world = quick()
    Execution(world).go()
    item = world.entries[ORDERS, RUN]
    assert item["backup"] == {"S": f"{ORDERS}/backup/00000000"}
    assert item["state"] == {"S": "passed"}
    assert float(item["restore_seconds"]["N"]) >= 12
    assert item["finished"]["S"].startswith("2026-03-01T01:")
    assert item["reasons"] == {"L": []}
    assert item["execution"] == {"S": EXECUTION}


def test_what_a_restore_loses_is_applied_again_and_reported_and_time_to_live_comes_last() -> None:
    world = quick()
    _, report = Execution(world).go()
    assert report["reapplied"] == [
        "stream with NEW_IMAGE",
        "point-in-time recovery over 35 days",
        "tags team",
        "time to live by expires",
    ]
    assert report["lost"] == report["reapplied"]
    changes = [each for each in world.calls if each.startswith("update_")]
    assert changes == ["update_table", "update_continuous_backups", "update_time_to_live"]
    assert world.calls.index("update_table") > max(
        place for place, each in enumerate(world.calls) if each == "scan"
    )


def test_temporary_tables_are_tagged_and_of_one_name_for_one_run() -> None:
    world = quick()
    tags: list[Any] = []

    def see(world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "delete_table":
            tags.append({name: world.tables[name].tags for name in world.temporary})
        return act()

    world.hook = see
    Execution(world).go()
    names = list(tags[0])
    assert [name.rpartition("-")[2] for name in names] == ["before", "restored"]
    assert all(name.startswith(PREFIX) and len(name) <= 255 for name in names)
    assert tags[0][names[1]]["constructs_lib:restore-test"] == "ledger"
    assert sorted(world.deleted) == sorted(names)


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (lambda items: items["o3"].update(total={"N": "1"}), '{"id":{"S":"o3"}} differs'),
        (lambda items: items.pop("o3"), '{"id":{"S":"o3"}} is missing'),
        (lambda items: items.update(x=order(99)), '{"id":{"S":"o99"}} should not be there'),
    ],
    ids=["changed", "missing", "extra"],
)
def test_a_backup_that_was_tampered_with_fails(tamper: Callable[[dict[str, Any]], Any], reason: str) -> None:
    world = quick()
    tamper(world.backup.items)
    status, report = Execution(world).go()
    assert (status, report["state"]) == ("FAILED", "failed")
    assert any(reason in each for each in report["reasons"])
    assert world.metric("RestoreTestsFailed") == [1.0]
    assert report["wanted"] == ["before", "after"]
    assert clean(world)


def test_items_that_changed_around_the_backup_are_left_out() -> None:
    world = World.with_orders(8, takes=12.0, deleting=3.0)
    world.now = START - 620
    world.put(order(1, total={"N": "1"}))
    world.put(order(50))
    world.drop("o2")
    world.now = START - 600
    stale = dict(world.backup.items)
    world.backups.clear()
    world.back_up()
    world.backup.items["o2"] = stale["o2"]  # what was deleted within the minute may still be in it
    world.now = START - 580
    world.put(order(1, total={"N": "2"}))
    world.now = START

    status, report = Execution(world).go()
    assert (status, report["reasons"]) == ("SUCCEEDED", [])
    assert (report["left_out"], report["compared"]) == (2, 7)


def test_a_view_waits_until_point_in_time_recovery_has_come_that_far() -> None:
    world = quick()
    world.now = START - 590
    world.lag = 300.0
    status, report = Execution(world).go()
    assert (status, report["wanted"], report["compared"]) == ("SUCCEEDED", ["before"], 8)
    assert world.now > START - 600 - 60 + 300


def test_without_point_in_time_recovery_the_report_says_that_nothing_was_compared() -> None:
    world = quick()
    world.tables["orders"].recovery = False
    status, report = Execution(world).go()
    assert (status, report["compared"], report["items"]) == ("SUCCEEDED", 0, 8)
    assert report["notes"][0] == (
        "There is no point-in-time view of the moment of the backup: point-in-time recovery is off."
    )
    assert world.metric("RestoreItemsCompared") == [0.0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"earliest": START - 500}, "point-in-time recovery goes back to"),
        ({}, "point-in-time recovery is off"),
    ],
)
def test_a_view_that_was_asked_for_has_to_be_there(change: dict[str, Any], problem: str) -> None:
    world = quick(**change)
    world.tables["orders"].recovery = bool(change)
    world.options = replace(world.options, view="required")
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert problem in report["reasons"][0]
    assert clean(world)


def test_items_that_were_not_written_since_the_backup_have_to_be_equal() -> None:
    world = quick()
    rule = Unchanged(attribute="at", margin=120)
    world.options = replace(world.options, view="never", unchanged=(rule,))
    world.backup.items["o3"]["total"] = {"N": "1"}
    del world.backup.items["o4"]
    world.put(order(5, at={"N": str(START)}, total={"N": "9"}))
    status, report = Execution(world).go()
    assert status == "FAILED"
    (reason,) = report["reasons"]
    assert reason.startswith("2 of the items compared are wrong")
    assert '{"id":{"S":"o3"}} differs' in reason
    assert '{"id":{"S":"o4"}} is missing' in reason
    assert (report["compared"], report["left_out"]) == (7, 1)
    assert "restore_table_to_point_in_time" not in world.calls


def test_items_that_never_say_when_they_were_written_fail_the_test() -> None:
    world = quick()
    rule = Unchanged(attribute="updated_at", margin=120)
    world.options = replace(world.options, view="never", unchanged=(rule,))
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert "8 do not say by 'updated_at' when they were written" in report["reasons"][0]


def test_without_a_backup_the_verdict_is_that() -> None:
    world = quick()
    world.backups.clear()
    status, report = Execution(world).go()
    assert (status, report["reasons"]) == (
        "FAILED",
        [
            "There is no on-demand backup of the table that is available; those of AWS Backup are not tested here."
        ],
    )
    assert world.metric("RestoreTestsFailed") == [1.0]
    assert clean(world)


def test_the_newest_backup_that_is_available_is_restored_from_many_pages() -> None:
    world = quick()
    for _ in range(4):
        world.now += 1
        world.back_up()
    world.backup.status = "CREATING"
    world.now = START + 600
    _, report = Execution(world).go()
    assert report["backup"].endswith("/00000003")


def test_a_backup_that_is_deleted_meanwhile_gives_way_to_the_next() -> None:
    world = quick()
    world.now += 1
    world.back_up()
    world.now = START + 600
    newest = f"{ORDERS}/backup/00000001"

    def vanish(world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "restore_table_from_backup":
            world.backups.pop(newest, None)
        return act()

    world.hook = vanish
    status, report = Execution(world).go()
    assert (status, report["backup"]) == ("SUCCEEDED", f"{ORDERS}/backup/00000000")
    assert report["notes"][0] == "The backup nightly-1 was deleted meanwhile."


def test_a_source_that_is_gone_still_has_its_backup_tested() -> None:
    world = quick()
    del world.tables["orders"]
    status, report = Execution(world).go()
    assert (status, report["items"], report["compared"]) == ("SUCCEEDED", 8, 0)
    assert any("the table is gone" in each for each in report["notes"])
    assert world.temporary == []


def test_a_structure_that_is_another_fails() -> None:
    world = quick()

    def spoil(world: World, what: str, act: Callable[[], Any]) -> Any:
        answer = act()
        if what == "restore_table_from_backup":
            for name in world.temporary:
                world.tables[name].indexes = []
        return answer

    world.hook = spoil
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert "The index by-day is missing." in report["reasons"]


def test_a_restore_that_is_refused_for_now_is_begun_later() -> None:
    world = quick()
    refused = iter(["LimitExceededException", "BackupInUseException", "ThrottlingException"])

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "restore_table_from_backup" and (code := next(refused, "")):
            raise client_error(code)
        return act()

    world.hook = refuse
    status, report = Execution(world).go()
    assert (status, report["reasons"]) == ("SUCCEEDED", [])
    assert report["restore_seconds"] < 60


def test_a_restore_that_is_refused_for_good_fails() -> None:
    world = quick()

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "restore_table_from_backup":
            raise client_error("AccessDeniedException")
        return act()

    world.hook = refuse
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert "AccessDeniedException" in report["reasons"][0]
    assert clean(world)


def test_a_restore_that_never_ends_runs_out_of_time_and_is_deleted_once_it_can_be() -> None:
    world = quick()
    world.takes = 14_000.0
    world.options = replace(world.options, timeout=7_200.0)
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert report["reasons"] == ["It took longer than 7,200 seconds."]
    assert clean(world)


def test_a_temporary_table_that_somebody_deletes_fails_the_test() -> None:
    world = quick()

    def vanish(world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "tag_resource":
            for name in world.temporary:
                del world.tables[name]
        return act()

    world.hook = vanish
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert clean(world)
    assert report["reasons"]


def test_a_foreign_table_of_the_same_name_is_left_alone() -> None:
    world = quick()
    name = world.steps().temporary.name(_some_entry(world), "restored")
    world.entries.clear()
    world.deleted.clear()
    world.tables[name] = Table(items={"x": order(1)})
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert "it is not the restore of" in report["reasons"][0]
    assert name in world.tables
    assert name not in world.deleted


def _some_entry(world: World) -> Any:
    Execution(world).go()
    world.forget()
    return world.entry()


def test_a_table_that_stands_in_the_ledger_but_was_not_restored_is_not_deleted() -> None:
    world = quick()
    entry = _some_entry(world)
    world.tables[f"{PREFIX}mine"] = Table(items={})
    ours = replace(entry, open=("orders", f"{PREFIX}mine"))
    assert world.steps().temporary.delete(ours) == ()
    assert {"orders", f"{PREFIX}mine"} <= set(world.tables)
    assert "orders" not in world.deleted


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"passed": True}, ""),
        ({"passed": False, "reasons": ["no totals"]}, "The verifier refuses it: no totals"),
        ({"passed": False}, "The verifier refuses it: it gives no reasons"),
        ({"passed": "yes"}, "The verifier answered {'passed': 'yes'}"),
        (None, "The verifier answered None"),
    ],
)
def test_a_verifier_has_its_say(answer: Any, reason: str) -> None:
    world = quick()
    world.options = replace(world.options, verifier=True)
    asked: list[Mapping[str, Any]] = []

    def verify(given: Mapping[str, Any]) -> Any:
        asked.append({**given, "there": list(world.temporary)})
        return answer

    status, report = Execution(world, verifier=verify).go()
    assert status == ("FAILED" if reason else "SUCCEEDED")
    assert all(each.startswith(reason) for each in report["reasons"])
    (given,) = asked
    assert (given["table"], given["scheduled"]) == (ORDERS, RUN)
    assert given["backup"] == f"{ORDERS}/backup/00000000"
    assert set(given["there"]) == {given["restored"], given["views"]["before"]}
    assert clean(world)


def test_a_verifier_that_raises_fails_the_test() -> None:
    world = quick()
    world.options = replace(world.options, verifier=True)

    def verify(_given: Mapping[str, Any]) -> Any:
        raise ValueError("no such order")

    status, report = Execution(world, verifier=verify).go()
    assert status == "FAILED"
    assert report["reasons"] == ["The verifier failed: ValueError: no such order"]
    assert clean(world)


def calls_of_a_run() -> int:
    world = quick()
    Execution(world).go()
    return len(world.calls)


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_step_that_is_ended_at_any_call_is_done_again(*, late: bool) -> None:
    total = calls_of_a_run()
    assert total > 50
    for position in range(total):
        world = quick()

        def end(world: World, _what: str, act: Callable[[], Any], position: int = position) -> Any:
            if len(world.calls) - 1 != position:
                return act()
            if late:
                with suppress(ClientError):
                    act()
            raise KilledError

        world.hook = end
        status, report = Execution(world).go()
        assert (status, report["reasons"]) == ("SUCCEEDED", []), position
        assert clean(world), position


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_an_execution_that_is_stopped_at_any_call_leaves_nothing_for_long(*, late: bool) -> None:
    for position in range(calls_of_a_run()):
        world = quick()

        def stop(world: World, _what: str, act: Callable[[], Any], position: int = position) -> Any:
            if len(world.calls) - 1 != position:
                return act()
            if late:
                with suppress(ClientError):
                    act()
            raise StoppedError

        world.hook = stop
        status, _ = Execution(world).go()
        assert status == "ABORTED"
        for _ in range(3):
            world.now += 900
            world.look()
        assert clean(world), position
        if (ORDERS, RUN) in world.entries:
            entry = world.entry()
            assert entry.open == ()
            assert entry.state is not State.RUNNING, position


def test_a_stopped_execution_counts_as_a_failed_test_once() -> None:
    world = quick()

    def stop(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "scan":
            raise StoppedError
        return act()

    world.hook = stop
    Execution(world).go()
    assert len(world.temporary) == 2
    for _ in range(4):
        world.look()
        world.now += 300
    assert world.metric("RestoreTestsFailed") == [1.0]
    assert world.metric("RestoreLeftovers") == [2.0, 0.0, 0.0, 0.0]
    entry = world.entry()
    assert entry.state is State.ABANDONED
    assert entry.reasons[-1] == "Its execution ended without a verdict: ABORTED."


def test_what_a_function_makes_after_its_execution_was_stopped_is_deleted_as_well() -> None:
    world = quick()

    def stop(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "restore_table_from_backup":
            raise StoppedError
        return act()

    world.hook = stop
    Execution(world).go()
    world.hook = plainly
    world.look()
    assert world.temporary == []
    world.steps().begin(ORDERS, RUN, EXECUTION)  # the function still runs, and goes on
    assert world.temporary
    for _ in range(5):
        world.now += 300
        world.look()
    assert clean(world)
    assert world.entry().open == ()


def test_a_running_execution_is_left_alone() -> None:
    world = quick()
    seen: list[list[str]] = []

    def look(world: World, what: str, act: Callable[[], Any]) -> Any:
        answer = act()
        if what == "tag_resource" and not seen:
            seen.append(world.temporary)
            world.look()
        return answer

    world.hook = look
    status, _ = Execution(world).go()
    assert (status, len(seen[0])) == ("SUCCEEDED", 2)
    assert world.metric("RestoreLeftovers") == [0.0]


def test_the_same_event_again_does_nothing() -> None:
    world = quick()
    answers: list[Any] = []

    def twice(world: World, what: str, act: Callable[[], Any]) -> Any:
        answer = act()
        if what == "restore_table_from_backup":
            answers.append(Execution(world, arn=SECOND).go())
        return answer

    world.hook = twice
    first = Execution(world).go()
    again = Execution(world, arn=f"{SECOND}3").go()
    assert first[0] == "SUCCEEDED"
    assert answers == [("SUCCEEDED", {"next": "elsewhere", "execution": EXECUTION})]
    assert again[1] == answers[0][1]
    assert world.calls.count("restore_table_from_backup") == 1
    assert clean(world)


def test_two_scheduled_times_do_not_touch_each_other() -> None:
    world = quick()
    later: list[Any] = []

    def overlap(world: World, what: str, act: Callable[[], Any]) -> Any:
        answer = act()
        if what == "tag_resource" and not later:
            later.append(None)
            later.append(Execution(world, arn=SECOND, run="2026-03-01T02:00:00Z").go())
        return answer

    world.hook = overlap
    assert Execution(world).go()[0] == later[1][0] == "SUCCEEDED"
    assert clean(world)


@pytest.mark.parametrize(
    "call", ["describe_table", "scan", "batch_get_item", "list_backups", "put_item", "delete_table"]
)
def test_throttling_is_waited_out(call: str) -> None:
    world = quick()
    left = [3]

    def throttle(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == call and left[0]:
            left[0] -= 1
            raise client_error("ProvisionedThroughputExceededException")
        return act()

    world.hook = throttle
    status, report = Execution(world).go()
    assert (status, report["reasons"], left) == ("SUCCEEDED", [], [0])
    assert clean(world)


def test_what_cannot_be_deleted_is_deleted_by_a_later_look() -> None:
    world = quick()

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "delete_table":
            raise client_error("AccessDeniedException")
        return act()

    world.hook = refuse
    status, _ = Execution(world).go()
    assert status == "SUCCEEDED"
    assert len(world.temporary) == 2
    with pytest.raises(Exception, match=r"was not looked at.*AccessDenied"):
        world.look()
    world.hook = plainly
    world.now += 1_000
    world.look()
    world.now += 60
    world.look()
    assert clean(world)
    assert world.entry().state is State.PASSED


def test_a_loss_that_cannot_be_applied_again_fails_the_test() -> None:
    world = quick()

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "update_time_to_live":
            raise client_error("AccessDeniedException")
        return act()

    world.hook = refuse
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert report["reasons"][0].startswith(
        "After the restore, it could not be given its time to live by expires: "
    )
    assert "time to live by expires" not in report["reapplied"]
    assert "tags team" in report["reapplied"]


def test_a_loss_that_does_not_come_back_fails_the_test() -> None:
    world = quick()

    def forget(_world: World, what: str, act: Callable[[], Any]) -> Any:
        return {} if what == "update_continuous_backups" else act()

    world.hook = forget
    status, report = Execution(world).go()
    assert status == "FAILED"
    assert "point-in-time recovery over 35 days: it is not there after it was applied" in report["reasons"][0]


def test_the_age_is_that_of_the_last_good_test() -> None:
    world = quick()
    world.look()
    world.now += 1_000
    world.look()
    assert world.metric("AgeOfNewestRestoreTest") == pytest.approx([0, 1_000], abs=2)
    Execution(world).go()
    finished = world.now
    world.backup.items.pop("o1")
    for number in range(5):
        Execution(world, arn=f"{SECOND}{number}", run=f"2026-03-0{number + 2}T01:00:00Z").go()
    world.now = finished + 5_000
    world.look()
    assert world.metric("AgeOfNewestRestoreTest")[-1] == pytest.approx(5_000, abs=5)


def test_waits_grow_so_that_a_restore_of_three_days_stays_far_below_the_limit_of_history() -> None:
    world = World.with_orders(3)
    world.takes = 3 * 86_400.0 - 7_200
    world.options = replace(world.options, timeout=3 * 86_400.0)
    execution = Execution(world, hours=72)
    status, report = execution.go()
    assert (status, report["reasons"]) == ("SUCCEEDED", [])
    assert world.takes < report["restore_seconds"] < world.takes + 310
    assert execution.waits[:3] == [5, 5, 5]
    assert max(execution.waits) == 300
    assert execution.events < 10_000


def test_a_table_that_dynamodb_shows_late_is_deleted_by_a_look() -> None:
    world = quick()
    world.options = replace(world.options, timeout=3.0)

    def hide(_world: World, what: str, act: Callable[[], Any]) -> Any:
        answer = act()
        if what == "describe_table" and answer["Table"]["TableName"].startswith(PREFIX):
            raise client_error("ResourceNotFoundException")
        return answer

    world.hook = hide
    status, report = Execution(world).go()
    assert (status, report["reasons"]) == ("FAILED", ["It took longer than 3 seconds."])
    assert len(world.temporary) == 2
    world.hook = plainly
    for _ in range(3):
        world.now += 400
        world.look()
    assert clean(world)
    assert world.entry().open == ()
    assert world.entry().state is State.FAILED


def test_an_execution_that_is_out_of_time_is_swept() -> None:
    world = quick()
    world.takes = 20 * 3_600.0
    status, _ = Execution(world).go()
    assert status == "TIMED_OUT"
    assert len(world.temporary) == 2  # DynamoDB deletes no table that is being restored
    world.look()
    assert world.metric("RestoreLeftovers") == [2.0]
    world.now += 10 * 3_600
    for _ in range(3):
        world.look()
        world.now += 900
    assert clean(world)
    assert world.entry().state is State.ABANDONED
