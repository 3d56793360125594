"""What fails, is ended, comes twice or overlaps: nothing is lost, and nothing is exported twice."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import boto3
import pytest
from table_export import handler
from table_export.chains import chain_problems
from table_export.model import moment_of
from table_export.running import FailedError

from tests.backup.backup_world import Fault, suffer
from tests.backup.export_world import (
    BASE,
    DAY,
    FULL,
    HOUR,
    MAIL,
    MINUTE,
    ORDERS,
    SETTINGS,
    START,
    WINDOW,
    FakeDynamo,
    FakeStore,
    Invocation,
    KilledError,
    World,
    ask,
    begun,
    manifests_of,
    pass_time,
    plainly,
    reconstructed,
)


def test_where_recovery_was_off_the_chain_is_broken_told_and_begun_anew() -> None:
    world = begun()
    world.tables[ORDERS].enabled_at = None
    world.now = START + HOUR
    ask(world)
    pass_time(world, 10 * MINUTE)
    assert world.spans() == [BASE]
    assert world.metric("ExportsFailed")[-1] == 1
    assert sum(world.metric("ChainsBroken")) == 0
    world.tables[ORDERS].enabled_at = world.now
    world.put("b", "2")
    pass_time(world, HOUR)
    assert sum(world.metric("ChainsBroken")) == 1
    world.now = START + 3 * HOUR
    ask(world)
    pass_time(world, HOUR)
    first, second = sorted({link.chain for _, link in world.links()})
    for chain in (first, second):
        assert (
            list(chain_problems([each for each in world.links() if each[1].chain == chain], world.now)) == []
        )
    newest = [link for _, link in world.links() if link.chain == second]
    end = max(link.end for link in newest)
    assert end == START + 3 * HOUR
    assert list(reconstructed(world.of(), newest, end)) == ['{"S": "a"}', '{"S": "b"}']


def test_recovery_that_is_off_is_told_and_nothing_is_asked_for() -> None:
    world = World()
    world.tables[ORDERS].enabled_at = None
    Invocation(world).look()
    assert "export" not in world.calls
    assert world.metric("ExportsFailed") == [1]


def test_it_says_how_recovery_is_switched_on(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.tables[ORDERS].enabled_at = None
    Invocation(world).look()
    assert "aws dynamodb update-continuous-backups" in caplog.text


def test_a_failed_export_is_told_and_made_again_by_another_token() -> None:
    world = begun()
    world.failing = 2
    world.now = START + HOUR
    ask(world)
    pass_time(world, HOUR)
    tokens = {each.request["ClientToken"] for each in world.exports}
    assert world.spans("FAILED") == [(WINDOW, -300.0, 3_600.0)] * 2
    assert world.spans("COMPLETED") == [BASE, (WINDOW, -300.0, 3_600.0)]
    assert len(tokens) == 4
    assert sum(world.metric("ExportsFailed")) == 2


def test_an_export_that_keeps_failing_is_made_again_less_and_less_often() -> None:
    world = begun()
    world.failing = 1_000
    world.now = START + HOUR
    ask(world)
    pass_time(world, 3 * DAY)
    times = [each.began for each in world.exports if each.fails]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == sorted(gaps)
    assert 6 * HOUR <= gaps[-1] < 7 * HOUR


def test_an_export_that_dynamodb_does_not_know_any_more_is_made_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    pass_time(world, 5 * MINUTE)
    (lost,) = (each for each in world.exports if each.status == "IN_PROGRESS")
    world.exports.remove(lost)
    Invocation(world).look()
    assert sum(world.metric("ExportsFailed")) == 0  # it may be too new to be known everywhere
    pass_time(world, HOUR)

    assert f"{lost.arn} failed: DynamoDB does not know it" in caplog.text
    assert world.spans("COMPLETED") == [BASE, (WINDOW, -300.0, 3_600.0)]
    assert sum(world.metric("ExportsFailed")) == 1


def test_an_export_of_which_a_file_is_missing_does_not_count(caplog: pytest.LogCaptureFixture) -> None:
    world = begun()
    world.torn = 1
    world.now = START + HOUR
    world.put("a", "2")
    world.now += MINUTE
    ask(world)
    pass_time(world, HOUR)
    assert world.spans("COMPLETED") == [BASE, *[(WINDOW, -300.0, 3_660.0)] * 2]
    (window,) = manifests_of(world, WINDOW)
    assert window.export == world.exports[-1].arn
    assert "-0.json.gz is missing" in caplog.text


def test_an_export_that_can_not_be_checked_for_now_is_not_made_again() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.busy = True
    pass_time(world, HOUR)
    assert (world.state().end, world.metric("ExportsFailed")[-1]) == (START - 300, 0)
    world.busy = False
    pass_time(world, 5 * MINUTE)
    assert world.spans() == [BASE, (WINDOW, -300.0, 3_600.0)]
    assert world.state().end == START + HOUR


def test_after_the_token_has_run_out_it_is_looked_for_first() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.now += 5 * MINUTE

    def lose_the_answer(world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "export":
            world.hook = plainly
            return suffer(Fault.LOST, act)
        return act()

    world.hook = lose_the_answer
    Invocation(world).look()
    assert world.state().window.arn == ""  # type: ignore[union-attr] # it is claimed
    for number in range(5):  # by hand, over more than one page
        world.now += MINUTE
        request = {**world.exports[0].request, "ClientToken": f"by-hand-{number}"}
        FakeDynamo(world).export_table_to_point_in_time(**request)
    world.now += 9 * HOUR
    world.calls.clear()
    Invocation(world).look()
    assert "export" not in world.calls
    Invocation(world).look()
    assert world.spans() == [BASE, (WINDOW, -300.0, 3_600.0), *[BASE] * 5]
    assert world.state().end == START + HOUR


def test_an_export_that_was_begun_unheard_counts_though_recovery_is_off_by_then() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.now += 5 * MINUTE

    def lose_the_answer(_world: World, what: str, act: Callable[[], Any]) -> Any:
        return suffer(Fault.LOST, act) if what == "export" else act()

    world.hook = lose_the_answer
    Invocation(world).look()
    world.hook = plainly
    world.tables[ORDERS].enabled_at = None
    pass_time(world, HOUR)
    assert world.spans() == [BASE, (WINDOW, -300.0, 3_600.0)]
    assert world.state().end == START + HOUR


def test_two_runs_that_write_at_once_do_not_undo_each_other() -> None:
    world = begun()
    world.now = START + HOUR

    def overtake(world: World, what: str, act: Callable[[], Any]) -> Any:
        if what == "save":
            world.hook = plainly
            Invocation(world).ask(FULL)
        return act()

    world.hook = overtake
    Invocation(world).ask(WINDOW, START + HOUR + 60)
    state = world.state()
    assert (state.full_at, state.wanted) == (START + HOUR, START + HOUR + 60)


def test_two_full_exports_are_both_at_boundaries_when_windows_come_later() -> None:
    world = begun()
    world.denied.add(("recovery", ORDERS))
    ends = []
    for number in (1, 2):
        world.now = START + number * HOUR
        ends.append(ask(world, FULL))
    world.now = START + 3 * HOUR
    ends.append(ask(world))
    world.denied.clear()
    pass_time(world, 2 * HOUR)
    assert [end for kind, _, end in world.spans() if kind == WINDOW] == ends


def test_an_event_for_a_full_export_comes_again_when_windows_have_gone_on() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world, FULL)
    pass_time(world, HOUR)
    for number in (3, 5):
        world.now = START + number * HOUR
        ask(world)
        pass_time(world, HOUR)
    before = world.spans()
    Invocation(world).ask(FULL, START + HOUR)
    pass_time(world, HOUR)
    assert world.spans() == before


def test_what_was_never_begun_is_begun_after_its_token_has_run_out() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.now += 5 * MINUTE

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        return suffer(Fault.UNHEARD, act) if what == "export" else act()

    world.hook = refuse
    Invocation(world).look()
    world.hook = plainly
    world.now += 9 * HOUR
    pass_time(world, HOUR)
    assert world.state().end == START + HOUR


def test_throttling_and_limits_are_tried_again_without_an_alarm() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.now += 5 * MINUTE
    for code in ("ThrottlingException", "LimitExceededException"):

        def refuse(_world: World, what: str, act: Callable[[], Any], code: str = code) -> Any:
            return suffer(Fault.REFUSED, act, code) if what == "export" else act()

        world.hook = refuse
        Invocation(world).look()
    assert world.metric("ExportsFailed")[-2:] == [0, 0]
    world.hook = plainly
    pass_time(world, HOUR)
    assert world.state().end == START + HOUR
    assert world.spans() == [BASE, (WINDOW, -300.0, 3_600.0)]


def test_a_conflict_is_told_and_planned_anew() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    world.now += 5 * MINUTE

    def refuse(_world: World, what: str, act: Callable[[], Any]) -> Any:
        return suffer(Fault.REFUSED, act, "ExportConflictException") if what == "export" else act()

    world.hook = refuse
    Invocation(world).look()
    assert world.metric("ExportsFailed")[-1] == 1
    world.hook = plainly
    pass_time(world, HOUR)
    assert world.state().end == START + HOUR


@pytest.mark.parametrize("what", ["recovery", "export", "describe", "load", "save"])
def test_access_denied_on_one_table_leaves_the_others_alone(what: str) -> None:
    world = World()
    world.denied.add((what, ORDERS))
    invocation = Invocation(world)
    for _ in range(4):
        invocation.look((ORDERS, MAIL))
        world.now += 10 * MINUTE
    assert world.state(MAIL).chain
    assert world.metric("ExportsFailed", ORDERS)[-1] == 1
    assert set(world.metric("ExportsFailed", MAIL)) == {0}
    world.denied.clear()
    for _ in range(4):
        invocation.look((ORDERS, MAIL))
        world.now += 10 * MINUTE
    assert world.state(ORDERS).chain
    assert len(world.spans(table=ORDERS)) == 1


def test_a_schedule_whose_event_can_not_be_noted_fails_and_names_the_table() -> None:
    world = begun()
    world.denied.add(("save", ORDERS))
    world.now = START + HOUR
    with pytest.raises(FailedError, match=f"{ORDERS}: .*AccessDenied"):
        Invocation(world).ask(WINDOW, tables=(ORDERS, MAIL))
    assert world.state(MAIL).wanted == START + HOUR


def test_a_table_that_is_deleted_is_told_and_its_exports_stay() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    del world.tables[ORDERS]
    world.now += 10 * MINUTE
    Invocation(world).look()
    assert world.metric("ExportsFailed")[-1] == 1
    assert len(world.links()) == 1


def test_another_bucket_begins_a_chain_of_its_own() -> None:
    world = begun()
    world.settings = replace(SETTINGS, bucket="elsewhere")
    world.now = START + HOUR
    ask(world)
    pass_time(world, HOUR)
    assert world.exports[-1].request["S3Bucket"] == "elsewhere"
    assert world.exports[-1].span[0] == FULL
    assert sum(world.metric("ChainsBroken")) == 0


@pytest.mark.parametrize("position", range(36))
@pytest.mark.parametrize("fault", Fault)
def test_ended_or_failed_at_any_call_there_is_one_export_of_each_span(position: int, fault: Fault) -> None:
    world = World()
    world.put("a", "1")

    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        if len(world.calls) - 1 != position:
            return act()
        return suffer(fault, act)

    world.hook = hook
    for number in range(12):
        world.put(f"b{number % 3}", str(number))
        try:
            if number in (3, 6):
                Invocation(world).ask(WINDOW if number == 3 else FULL)
            else:
                Invocation(world).look()
        except KilledError:
            world.now += MINUTE
            continue
        except FailedError:
            Invocation(world).ask(WINDOW if number == 3 else FULL)  # as Lambda does
        world.now += 10 * MINUTE
    assert len(world.calls) > position
    spans = world.spans()
    assert len(spans) == len(set(spans))
    assert list(chain_problems(world.links(), world.now)) == []
    chain = [link for _, link in world.links()]
    end = world.state().end
    assert reconstructed(world.of(), chain, end).keys() == {
        f'{{"S": "{key}"}}' for key in world.tables[ORDERS].at(end)
    }


def test_its_clients_are_made_before_its_threads_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    # https://docs.aws.amazon.com/boto3/latest/guide/clients.html: sessions are not thread safe
    world = begun()
    makers: dict[str, threading.Thread] = {}

    def connect(service: str, **_: Any) -> Any:
        makers[service] = threading.current_thread()
        return FakeStore(world) if service == "s3" else FakeDynamo(world)

    handler._client.cache_clear()
    monkeypatch.setattr(boto3, "client", connect)
    monkeypatch.setenv("TABLE_EXPORT", json.dumps(asdict(world.settings)))
    event = {"kind": "INCREMENTAL_EXPORT", "scheduled": "2026-03-01T01:00:00Z", "tables": [ORDERS]}
    world.now = START + 65 * MINUTE
    assert handler.handler(event, None) == {"looked": 1, "tables": 1}
    world.now += HOUR
    assert handler.handler({"look": True, "tables": [ORDERS]}, None) == {"looked": 1, "tables": 1}
    handler._client.cache_clear()

    assert world.spans("COMPLETED") == [BASE, (WINDOW, -300.0, 3_600.0)]
    assert makers == dict.fromkeys(("dynamodb", "s3"), threading.main_thread())


@pytest.mark.parametrize("given", [None, [], ["orders"], "arn:aws:dynamodb:::table/orders"])
def test_fails_on_an_event_without_tables(given: object) -> None:
    with pytest.raises(ValueError, match="give the ARNs of tables"):
        handler.handler({"look": True, "tables": given}, None)


@pytest.mark.parametrize("text", ["2026-03-01T01:00:00", "not a time"])
def test_fails_on_a_time_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"has no time zone|Invalid isoformat"):
        moment_of(text)
