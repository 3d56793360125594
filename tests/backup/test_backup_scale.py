"""Thousands of backups over many pages: what is left behind is found, what is over goes, and faults lose nothing."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from table_backup import handler as entry
from table_backup.ledger import Ledger
from table_backup.model import Entry, State
from table_backup.retention import Policy
from table_backup.running import FailedError

from tests.backup.backup_world import (
    ORDERS,
    START,
    Fault,
    Hook,
    Invocation,
    KilledError,
    World,
    moment,
    once,
    plainly,
    suffer,
)
from tests.backup.reference_retention import expected
from tests.backup.test_table_backup_on_the_cloud import (
    backups_of,
    event,
    tables,  # noqa: F401 - a fixture
    told,
)

HOUR, DAY = 3_600.0, 86_400.0
MANY = 3_000
PAGE = 100
GENERATIONS = Policy(count=20, daily=14, weekly=8, monthly=6)


def with_foreign(number: int, own_at: int, fault: Fault) -> World:
    """A world where the answer to CreateBackup was lost, and others have made backups before and after it."""
    world = World(page=PAGE, hook=once(2, fault))
    for _ in range(own_at):
        world.foreign()
    with pytest.raises(KilledError):
        Invocation(world).run(scheduled=START)
    for _ in range(number - own_at):
        world.foreign(name="shop-20260301T010000Z-0")
    world.hook = plainly
    world.now += 60
    world.calls.clear()
    return world


@pytest.mark.parametrize("own_at", [0, PAGE - 1, PAGE, MANY // 2, MANY])
def test_a_backup_left_behind_is_found_among_thousands(own_at: int) -> None:
    world = with_foreign(MANY, own_at, Fault.KILLED_LATE)
    assert Invocation(world, "two").run(scheduled=START) == {"made": 1, "tables": 1}
    assert (len(world.backups), world.calls.count("create")) == (MANY + 1, 0)
    assert world.calls.count("list") == MANY // PAGE + 1


def test_a_backup_that_was_not_made_is_made_once_thousands_were_looked_through() -> None:
    world = with_foreign(MANY, MANY // 2, Fault.KILLED)
    assert Invocation(world, "two").run(scheduled=START) == {"made": 1, "tables": 1}
    assert (len(world.backups), world.calls.count("create")) == (MANY + 1, 1)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("page", [0, 1, 17, MANY // PAGE])
def test_a_fault_on_any_page_makes_no_second_backup(fault: Fault, page: int) -> None:
    world = with_foreign(MANY, MANY, Fault.KILLED_LATE)

    def hook(world: World, what: str, act: Callable[[], Any]) -> Any:
        return suffer(fault, act) if what == "list" and world.calls.count("list") == page + 1 else act()

    world.hook = hook
    try:
        Invocation(world, "two").run(scheduled=START)
    except KilledError:
        world.now += 120
        Invocation(world, "three").run(scheduled=START)
    assert (len(world.backups), world.calls.count("create")) == (MANY + 1, 0)


def test_empty_pages_are_not_the_end_of_the_list() -> None:
    world = with_foreign(MANY, MANY, Fault.KILLED_LATE)
    reached, empty = ORDERS, False

    def hook(_world: World, what: str, act: Callable[[], Any]) -> Any:
        nonlocal reached, empty
        if what != "list":
            return act()
        empty = not empty
        if empty:
            return {"BackupSummaries": [], "LastEvaluatedBackupArn": reached}
        page = act()
        reached = page.get("LastEvaluatedBackupArn", reached)
        return page

    world.hook = hook
    Invocation(world, "two").run(scheduled=START)
    assert world.calls.count("create") == 0
    assert world.calls.count("list") == 2 * (MANY // PAGE + 1)


def grown(policy: Policy, number: int = MANY) -> World:
    """A world with a backup of each of the last hours, and with as many of others."""
    world = World(policy=policy, page=PAGE)
    for hour in range(1, number + 1):
        world.foreign(name=f"shop-{hour}")
        stored = world.store(ORDERS, f"shop-{hour}")
        stored.created = world.now - hour * HOUR
        found = Entry(
            table=ORDERS,
            scheduled=moment(stored.created),
            state=State.GOOD,
            name=stored.name,
            claim="earlier",
            claimed_at=stored.created,
            arn=stored.arn,
            created=stored.created,
        )
        world.entries[ORDERS, found.scheduled] = found
    return world


def left(world: World) -> set[str]:
    """When the backups that there are of this schedule were due."""
    own = {found.arn: found.scheduled for found in world.entries.values()}
    return {own[arn] for arn in world.backups if arn in own}


def promised(world: World) -> set[str]:
    """When those that the policy keeps were due, of all that there ever were."""
    history = [(found.due, found.scheduled) for found in world.entries.values()]
    return expected(world.policy, history, datetime.fromtimestamp(world.now, UTC))


def until_done(world: World) -> int:
    """How many runs it takes, one each hour, until nothing is left that is over; nothing else may go meanwhile."""
    for number in range(1, 20):
        try:
            Invocation(world, f"{number}").run()
        except (KilledError, FailedError):
            world.hook = plainly
        assert promised(world) <= left(world)
        if left(world) == promised(world):
            return number
        world.now += HOUR
    pytest.fail("there is no end to it")


def every(calls: int, fault: Fault) -> Hook:
    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        return suffer(fault, act) if len(world.calls) % calls == 0 else act()

    return hook


def test_thousands_that_are_over_go_and_thousands_of_others_stay() -> None:
    world = grown(GENERATIONS)
    assert until_done(world) == 1
    assert len(left(world)) < 60
    assert len(world.backups) == MANY + len(left(world))


@pytest.mark.parametrize("fault", Fault)
def test_faults_on_every_so_many_calls_only_delay_it(fault: Fault) -> None:
    world = grown(GENERATIONS)
    world.hook = every(97, fault)
    assert 2 <= until_done(world) <= 5
    assert len(world.backups) == MANY + len(left(world))


@pytest.mark.parametrize("position", [10, 1_000, 8_000])
def test_two_runs_that_delete_the_same_thousands_lose_nothing(position: int) -> None:
    world = grown(GENERATIONS)
    began = len(world.calls)

    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        if len(world.calls) - began == position:
            world.hook = plainly
            Invocation(world, "other").run(scheduled=START + 60)
        return act()

    world.hook = hook
    Invocation(world).run(scheduled=START)
    assert world.hook is plainly
    assert promised(world) <= left(world)
    world.now += HOUR
    until_done(world)
    assert len(world.backups) == MANY + len(left(world))


def test_an_age_is_right_once_somebody_has_deleted_a_thousand_newer_ones() -> None:
    world = grown(Policy(count=1_000), 1_010)
    newest_first = sorted(world.entries.values(), key=lambda found: found.due, reverse=True)
    for found in newest_first[:1_000]:
        del world.backups[found.arn]
    Invocation(world).look()
    assert world.metric("BackupCount") == [10]
    assert world.metric("AgeOfNewestBackup") == [pytest.approx(1_001 * HOUR)]


def in_the_ledger(client: Any, arn: str, name: str, due: datetime, *, made: bool) -> Entry:
    """A claim of an invocation that has ended, and a backup where it was `made`."""
    ledger = Ledger(client, name)
    when = due.strftime("%Y-%m-%dT%H:%M:%SZ")
    claim = Entry(
        table=arn,
        scheduled=when,
        state=State.CLAIMED,
        name=f"shop-{when.replace(':', '').replace('-', '')}-earlier",
        claim="earlier",
        claimed_at=due.timestamp(),
    )
    ledger.claim(claim, None)
    if not made:
        return claim
    details = client.create_backup(TableName=arn, BackupName=claim.name)["BackupDetails"]
    good = Entry(
        **{
            **vars(claim),
            "state": State.GOOD,
            "arn": details["BackupArn"],
            "created": details["BackupCreationDateTime"].timestamp(),
        }
    )
    ledger.record(good)
    return good


def test_a_backup_left_behind_is_found_over_the_pages_of_the_real_list(
    tables: tuple[Any, str, str],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, arn, name = tables
    told(monkeypatch, name, count=5)
    now = datetime.now(UTC)
    claim = in_the_ledger(client, arn, name, now, made=False)
    for number in range(230):
        client.create_backup(TableName=arn, BackupName=claim.name if number == 210 else "by-hand")
    first = client.list_backups(TableName=arn)
    assert claim.name not in {each["BackupName"] for each in first["BackupSummaries"]}
    assert "LastEvaluatedBackupArn" in first
    assert entry.handler(event(arn, now), None)["tables"] == 1
    names = list(backups_of(client, arn).values())
    assert (len(names), names.count(claim.name)) == (230, 1)
    found, _ = Ledger(client, name).load(arn, claim.scheduled)
    assert found is not None
    assert (found.state, backups_of(client, arn)[found.arn]) == (State.GOOD, claim.name)


def test_hundreds_are_deleted_over_the_pages_of_the_real_ledger(
    tables: tuple[Any, str, str],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, arn, name = tables
    rules = {"count": 5, "daily": 6, "weekly": 2, "monthly": 1}
    told(monkeypatch, name, **rules)
    now = datetime.now(UTC).replace(microsecond=0)
    for _ in range(120):
        client.create_backup(TableName=arn, BackupName="by-hand")
    history = [(now - timedelta(hours=hours), hours) for hours in range(1, 331)]
    made = {in_the_ledger(client, arn, name, due, made=True).arn: due for due, _ in history}
    # The local cloud takes calls as fast as they come, so nobody has to wait between them.
    unhurried = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=lambda _: None)
    monkeypatch.setattr(entry, "time", unhurried)
    assert entry.handler(event(arn, now), None) == {"made": 1, "tables": 1}

    there = backups_of(client, arn)
    assert list(there.values()).count("by-hand") == 120
    (new,) = [each for each, called in there.items() if each not in made and called != "by-hand"]
    wanted = expected(Policy(**rules), [(due, each) for each, due in made.items()] + [(now, new)], now)
    assert {each for each, called in there.items() if called != "by-hand"} == wanted
    gone = [found for found in Ledger(client, name).walk(arn) if found.arn not in wanted]
    assert gone == []
