"""A function whose own clock is wrong: what counts is the time of DynamoDB's answers.

Lambda keeps the clocks of its functions right; nothing that is kept or deleted relies on it.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from table_backup import handler as entry
from table_backup.making import LEASE
from table_backup.model import State
from table_backup.retention import Policy
from table_backup.running import FailedError, Run

from tests.backup.backup_world import (
    ORDERS,
    START,
    Fault,
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

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
SKEWS = {
    f"{amount} {name} {way}": sign * amount * unit
    for amount, unit, name in (
        (7, MINUTE, "minutes"),
        (5, HOUR, "hours"),
        (3, DAY, "days"),
        (400, DAY, "days"),
    )
    for sign, way in ((-1, "slow"), (1, "fast"))
}
skewed = pytest.mark.parametrize("skew", SKEWS.values(), ids=SKEWS)
POLICIES = [Policy(daily=3, weekly=2, monthly=2), Policy(keep_for=9.5 * DAY), Policy(count=4)]


@dataclass
class Skewed(Invocation):
    """An invocation whose own clocks are wrong by `skew` seconds."""

    skew: float = 0.0

    def _run(self) -> Run:
        run = super()._run()
        return replace(run, maker=replace(run.maker, elapsed=self._own), elapsed=self._own, clock=self._own)

    def _own(self) -> float:
        return self.world.now + self.skew


def due(world: World) -> set[str]:
    return {entry.scheduled for entry in world.entries.values() if entry.arn in world.backups}


@skewed
@pytest.mark.parametrize("policy", POLICIES, ids=["generations", "age", "count"])
def test_what_should_stay_stays_and_the_rest_goes(policy: Policy, skew: float) -> None:
    world = World(policy=policy)
    foreign = world.foreign()
    for day in range(40):
        wrong = skew if 10 <= day < 20 or day >= 30 else 0.0
        Skewed(world, f"{day}", wrong).run(scheduled=START + day * DAY)
        history = [(datetime.fromtimestamp(START + each * DAY, UTC), str(each)) for each in range(day + 1)]
        kept = expected(policy, history, datetime.fromtimestamp(world.now, UTC))
        assert due(world) == {moment(START + int(each) * DAY) for each in kept}
        world.now += DAY
    assert foreign.arn in world.backups


@skewed
def test_ages_are_right(skew: float) -> None:
    world = World()
    Skewed(world, skew=skew).look()
    world.now += 2 * DAY
    Skewed(world, skew=-skew).look()
    Skewed(world, skew=skew).run()
    world.now += 5 * HOUR
    Skewed(world, skew=-skew).look()
    Skewed(world).look()
    assert world.metric("AgeOfNewestBackup") == pytest.approx([0, 2 * DAY, 0, 5 * HOUR, 5 * HOUR], abs=5)
    assert world.metric("BackupDuration") == pytest.approx([0], abs=5)


@skewed
@pytest.mark.parametrize("fault", [Fault.KILLED, Fault.KILLED_LATE, Fault.LOST, Fault.UNHEARD])
@pytest.mark.parametrize("position", range(7))
def test_runs_of_opposite_clocks_make_one_backup(fault: Fault, position: int, skew: float) -> None:
    world = World(hook=once(position, fault), listed_after=20.0, takes=5)
    try:
        Skewed(world, "one", skew).run(scheduled=START)
    except (KilledError, FailedError):
        world.now += 60  # when Lambda runs it again
    world.hook = plainly
    Skewed(world, "two", -skew).run(scheduled=START)
    Skewed(world, "three", skew).run(scheduled=START)
    (backup,) = world.own()
    (found,) = world.entries.values()
    assert (found.arn, found.state) == (backup.arn, State.GOOD)


@skewed
def test_a_claim_lasts_as_long_as_it_should(skew: float) -> None:
    world = World(hook=once(2, Fault.KILLED))  # before CreateBackup
    with pytest.raises(KilledError):
        Skewed(world, "one", skew).run(scheduled=START)
    world.hook = plainly
    Skewed(world, "two", -skew).run(scheduled=START)
    (backup,) = world.own()
    assert START + LEASE <= backup.created <= START + LEASE + 30


@skewed
def test_an_event_is_old_or_of_the_future_by_dynamodbs_time(skew: float) -> None:
    world = World()
    Skewed(world, skew=skew).run()
    assert Skewed(world, "late", skew).run(scheduled=START - 2 * DAY) == {"made": 0, "tables": 1}
    assert Skewed(world, "this morning", skew).run(scheduled=START - HOUR) == {"made": 1, "tables": 1}
    with pytest.raises(FailedError, match="lies in the future"):
        Skewed(world, "early", skew).run(scheduled=START + HOUR)
    assert len(world.own()) == 2


@pytest.mark.parametrize("apart", [-100.0, -5.0, 5.0, 100.0])
def test_a_backup_is_found_again_though_the_clocks_of_dynamodbs_parts_differ(apart: float) -> None:
    world = World(listed_after=-max(apart, 0.0))  # the world counts from the time that the backup bears

    def hook(_world: World, what: str, act: Callable[[], Any]) -> Any:
        if what != "create":
            return act()
        made = set(world.backups)
        try:
            return suffer(Fault.LOST, act)
        finally:
            for arn in set(world.backups) - made:
                world.backups[arn].created += apart

    world.hook = hook
    assert Invocation(world).run(scheduled=START) == {"made": 1, "tables": 1}
    assert (len(world.own()), world.calls.count("create")) == (1, 1)


def test_a_clock_too_wrong_to_sign_by_changes_nothing_and_is_told() -> None:
    """AWS takes no request that was signed more than five minutes ago, or by a time to come.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html
    """
    world = World(policy=Policy(count=1))
    Invocation(world).run()
    before = dict(world.backups), dict(world.entries)
    world.lines.clear()
    world.now += 10 * DAY
    world.hook = lambda _world, _what, act: suffer(Fault.REFUSED, act, "InvalidSignatureException")
    with pytest.raises(FailedError, match=f"{ORDERS} was not backed up: .*InvalidSignature"):
        Skewed(world, "wrong", HOUR).run()
    assert Skewed(world, "look", HOUR).look() == {
        "looked": 0
    }  # so that no age is published, and the alarm rings
    assert (world.backups, world.entries) == before
    assert world.metric("BackupsFailed") == [1]
    assert world.metric("AgeOfNewestBackup") == []


@pytest.mark.parametrize("skew", [-3 * DAY, 7 * MINUTE, 400 * DAY], ids=str)
def test_the_real_ledger_reads_the_time_from_answers(
    tables: tuple[Any, str, str],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    skew: float,
) -> None:
    client, arn, ledger = tables
    right = time.time
    told(monkeypatch, ledger, keep_for=2.5 * DAY, count=0, daily=0, weekly=0, monthly=0)
    now = datetime.now(UTC)
    for days in (3, 2, 1):  # the first of which is over once there are newer ones
        assert entry.handler(event(arn, now - timedelta(days=days)), None)["made"] == 1
    monkeypatch.setattr(time, "time", lambda: right() + skew)
    capsys.readouterr()
    for _ in range(2):
        entry.handler(event(arn, now), None)
    monkeypatch.setattr(time, "time", lambda: right() - skew)
    entry.handler({"look": True, "tables": [arn]}, None)

    named = sorted(name.split("-")[1] for name in backups_of(client, arn).values())
    assert named == [(now - timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ") for days in (2, 1, 0)]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["BackupCount"] for line in lines] == [3, 3, 3]
    assert all(0 <= line["AgeOfNewestBackup"] < MINUTE for line in lines)
