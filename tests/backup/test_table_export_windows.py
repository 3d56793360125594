"""What is exported when: one series of windows without gap or overlap, and full exports at their boundaries."""

from dataclasses import replace
from itertools import groupby

import pytest
from table_export.chains import chain_problems
from table_export.model import State
from table_export.planning import Recovery, due_full
from table_export.running import FailedError

from tests.backup.export_world import (
    BASE,
    DAY,
    FULL,
    HOUR,
    MINUTE,
    ORDERS,
    SETTINGS,
    START,
    WINDOW,
    Invocation,
    World,
    ask,
    begun,
    manifests_of,
    pass_time,
)


def test_the_first_look_begins_a_chain_with_a_full_export_of_the_latest_moment() -> None:
    world = World()
    Invocation(world).look()
    assert world.spans() == [BASE]
    (request,) = (each.request for each in world.exports)
    assert (request["S3Bucket"], request["S3Prefix"], request["S3BucketOwner"]) == (
        "exports",
        "shop/orders",
        "111122223333",
    )
    assert request["S3SseAlgorithm"] == "AES256"
    assert world.state().chain == ""
    pass_time(world, 15 * MINUTE)
    (link,) = manifests_of(world, FULL)
    assert link.base
    assert (link.key, link.start, link.end) == (
        "chains/20260228T235500Z/20260228T235500Z-full.json",
        START - 300,
        START - 300,
    )
    assert world.state().end == START - 300


def test_each_window_begins_where_the_last_one_ended() -> None:
    world = begun()
    ends = []
    for number in range(3):
        world.now = START + (number + 1) * HOUR
        world.put("a", str(number))
        ends.append(ask(world))
        pass_time(world, 30 * MINUTE)
    assert world.spans() == [
        BASE,
        (WINDOW, -300.0, ends[0]),
        (WINDOW, ends[0], ends[1]),
        (WINDOW, ends[1], ends[2]),
    ]
    windows = manifests_of(world, WINDOW)
    assert [each.previous for each in windows] == [
        "chains/20260228T235500Z/20260228T235500Z-full.json",
        windows[0].key,
        windows[1].key,
    ]
    assert windows[0].key == "chains/20260228T235500Z/20260301T010000Z-from-20260228T235500Z.json"


def test_a_window_waits_until_its_end_can_be_exported() -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    assert world.spans() == [BASE]
    world.now += 4 * MINUTE
    Invocation(world).look()
    assert world.spans() == [BASE]
    world.now += MINUTE
    Invocation(world).look()
    assert world.spans() == [BASE, (WINDOW, -300.0, 3_600.0)]


def test_a_window_shorter_than_dynamodb_takes_waits_for_more() -> None:
    world = begun()
    world.now = START + 9 * MINUTE
    pass_time(world, 20 * MINUTE)
    Invocation(world).ask(WINDOW, START + 9 * MINUTE)
    pass_time(world, 20 * MINUTE)
    assert world.spans() == [BASE]
    Invocation(world).ask(WINDOW, START + 10 * MINUTE)
    assert world.spans() == [BASE, (WINDOW, -300.0, 600.0)]


@pytest.mark.parametrize(
    ("outage", "lengths"),
    [
        (DAY, [DAY]),
        (DAY + 5 * MINUTE, [DAY - 10 * MINUTE, 15 * MINUTE]),
        (2 * DAY + HOUR, [DAY, DAY, HOUR]),
        (2 * DAY + MINUTE, [DAY, DAY - 14 * MINUTE, 15 * MINUTE]),
    ],
)
def test_after_an_outage_it_catches_up_by_several_windows(outage: int, lengths: list[int]) -> None:
    world = begun()
    world.now = START - 300 + outage
    ask(world)
    pass_time(world, 2 * HOUR)
    windows = world.spans()[1:]
    assert [int(end - start) for _, start, end in windows] == lengths
    assert windows[-1][2] == outage - 300
    assert list(chain_problems(world.links(), world.now)) == []


@pytest.mark.parametrize(("days", "chains"), [(3, 1), (100, 2)], ids=["goes on", "begins anew"])
def test_a_table_that_comes_back_to_the_list_is_exported_again(days: int, chains: int) -> None:
    world = begun()
    world.now = START + HOUR
    ask(world)
    pass_time(world, 5 * MINUTE)
    assert world.spans("IN_PROGRESS") == [(WINDOW, -300.0, 3_600.0)]
    world.now += days * DAY
    if days > 90:
        world.exports.clear()  # as DynamoDB forgets them
    ask(world)
    pass_time(world, days * HOUR)

    found = [list(chain) for _, chain in groupby(world.links(), key=lambda each: each[1].chain)]
    assert len(found) == chains
    assert [problem for chain in found for problem in chain_problems(chain, world.now)] == []
    assert world.state().end > START + days * DAY
    assert (sum(world.metric("ChainsBroken")), world.state().window) == (chains - 1, None)


def test_a_full_export_is_taken_at_the_boundary_of_two_windows() -> None:
    world = begun()
    world.now = START + HOUR
    at = ask(world, FULL)
    world.now += HOUR
    ask(world)
    pass_time(world, HOUR)
    assert world.spans() == [
        BASE,
        (FULL, at, at),
        (WINDOW, -300.0, at),
        (WINDOW, at, at + HOUR),
    ]
    base, full = manifests_of(world, FULL)
    assert (full.base, full.chain) == (False, base.chain)


def test_a_full_export_soon_after_a_window_is_of_that_windows_end() -> None:
    world = begun()
    world.now = START + HOUR
    end = ask(world)
    pass_time(world, 10 * MINUTE)
    ask(world, FULL)
    pass_time(world, HOUR)
    assert world.spans() == [BASE, (WINDOW, -300.0, end), (FULL, end, end)]


def test_a_boundary_that_has_a_full_export_gets_no_second_one() -> None:
    world = begun()
    Invocation(world).ask(FULL, START + 5 * MINUTE)
    pass_time(world, HOUR)
    assert world.spans() == [BASE]
    assert world.state().full_at == 0


def test_a_pinned_boundary_is_kept_when_the_full_export_is_faster_than_the_windows() -> None:
    world = begun()
    world.now = START + HOUR
    world.denied.add(("recovery", ORDERS))
    at = ask(world, FULL)
    world.now += HOUR
    later = ask(world)
    world.denied.clear()
    pass_time(world, 2 * HOUR)
    assert world.spans() == [BASE, (FULL, at, at), (WINDOW, -300.0, at), (WINDOW, at, later)]


def test_a_full_export_that_could_not_be_begun_is_begun_later_of_the_same_moment() -> None:
    world = begun()
    world.now = START + HOUR
    at = ask(world, FULL)
    world.denied.add(("export", ORDERS))
    pass_time(world, HOUR)
    world.denied.clear()
    pass_time(world, HOUR)
    assert sorted(world.spans()) == sorted([BASE, (FULL, at, at), (WINDOW, -300.0, at)])


def test_a_full_export_whose_moment_is_lost_is_of_another_that_can_be_exported() -> None:
    now = int(START)
    recovery = Recovery(earliest=now, latest=now + DAY)
    waiting = State(table=ORDERS, chain="c", end=now + HOUR, full_at=now - HOUR)
    assert due_full(waiting, recovery, SETTINGS) == now + HOUR
    assert due_full(replace(waiting, full_of=now + HOUR), recovery, SETTINGS) == 0
    assert due_full(waiting, recovery, replace(SETTINGS, incremental=False)) == now + DAY
    assert due_full(replace(waiting, full_at=now + 2 * DAY), recovery, SETTINGS) == 0


def test_without_windows_each_full_export_is_a_chain_of_its_own() -> None:
    world = World(settings=replace(SETTINGS, incremental=False))
    pass_time(world, 20 * MINUTE)
    world.now = START + DAY
    at = ask(world, FULL)
    pass_time(world, 30 * MINUTE)
    first, second = manifests_of(world, FULL)
    assert world.spans() == [(FULL, 0.0, 0.0), (FULL, at, at)]
    assert first.base
    assert second.base
    assert first.chain != second.chain
    assert world.state().reached == START + DAY


def test_an_event_that_comes_twice_or_late_asks_for_nothing_new() -> None:
    world = begun()
    world.now = START + 2 * HOUR
    for moment in (START + HOUR, START + 2 * HOUR, START + HOUR, START + 2 * HOUR):
        for kind in (WINDOW, FULL):
            Invocation(world).ask(kind, moment)
    pass_time(world, 2 * HOUR)
    (fulls, windows) = ([each for each in world.spans() if each[0] == kind] for kind in (FULL, WINDOW))
    assert [end for _, _, end in fulls] == [-300, HOUR, 2 * HOUR]
    assert windows[-1][2] == 2 * HOUR
    assert list(chain_problems(world.links(), world.now)) == []
    before = len(world.exports)
    Invocation(world).ask(FULL, START + HOUR)
    pass_time(world, HOUR)
    assert len(world.exports) == before


def test_fails_on_an_event_of_the_future_and_notes_nothing() -> None:
    world = begun()
    with pytest.raises(FailedError, match="lies in the future"):
        Invocation(world).ask(WINDOW, world.now + HOUR)
    assert world.state().wanted == 0


def test_a_key_of_kms_encrypts_exports_and_manifests() -> None:
    world = World(settings=replace(SETTINGS, key="arn:aws:kms:us-east-1:111122223333:key/k"))
    Invocation(world).look()
    (export,) = world.exports
    assert (export.request["S3SseAlgorithm"], export.request["S3SseKmsKeyId"]) == (
        "KMS",
        "arn:aws:kms:us-east-1:111122223333:key/k",
    )


def test_the_age_is_that_of_the_newest_moment_that_can_be_reconstructed() -> None:
    world = World()
    Invocation(world).look()
    pass_time(world, 5 * MINUTE)
    assert world.metric("AgeOfExportedData") == [0, 5 * MINUTE]
    pass_time(world, 10 * MINUTE)
    assert world.metric("AgeOfExportedData")[-1] == 20 * MINUTE
    world.now = START + HOUR
    ask(world)
    pass_time(world, 20 * MINUTE)
    assert world.metric("AgeOfExportedData")[-1] == 20 * MINUTE
    assert (world.metric("ExportDuration"), world.metric("ExportedItems")) == ([600, 600], [0, 0])
