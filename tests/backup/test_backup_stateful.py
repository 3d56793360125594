"""Any sequence of runs, failures, overlaps and deletions: what the policy promises is kept, nothing foreign is deleted.

The model is another one than the handler's: it remembers every backup that was ever made good, and asks a reference
calculation over that whole history.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from table_backup.model import State
from table_backup.retention import Policy
from table_backup.running import FailedError

from tests.backup.backup_world import ORDERS, Fault, Invocation, KilledError, World, once, plainly
from tests.backup.reference_retention import expected

HOUR = 3_600.0


class Retention(RuleBasedStateMachine):
    """A world, and what was ever made in it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.foreign: set[str] = set()
        self.by_hand: set[str] = set()
        self.ever_good: dict[str, float] = {}
        self.runs = 0

    @initialize(
        keep_for=st.sampled_from([0.0, 30 * HOUR, 300 * HOUR]),
        count=st.integers(0, 4),
        daily=st.integers(0, 4),
        weekly=st.integers(0, 3),
        monthly=st.integers(0, 3),
        takes=st.sampled_from([0.0, 50.0, 5 * HOUR]),
    )
    def begin(self, **given: Any) -> None:
        takes = given.pop("takes")
        self.world = World(policy=Policy(**given), takes=takes)

    def _run(self, due: float | None = None) -> bool:
        self.runs += 1
        if due is None:
            self.world.now += 60
        try:
            Invocation(self.world, f"{self.runs}").run(scheduled=due)
        except (FailedError, KilledError):
            return False
        finally:
            self.world.hook = plainly
            self._note()
        return True

    def _note(self) -> None:
        for entry in self.world.entries.values():
            if entry.state is State.GOOD:
                self.ever_good.setdefault(entry.arn, entry.due.timestamp())

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.world.now += hours * HOUR

    @rule()
    def the_schedule_fires(self) -> None:
        self._run()

    @rule(position=st.integers(0, 12), fault=st.sampled_from(Fault))
    def a_run_suffers_and_is_repeated(self, position: int, fault: Fault) -> None:
        self.world.now += 60
        due = self.world.now
        self.world.calls.clear()
        self.world.hook = once(position, fault)
        if not self._run(due):
            self.world.now += 60
            assert self._run(due)

    @rule(position=st.integers(0, 12), frozen=st.sampled_from([0.0, 200.0]))
    def two_runs_overlap(self, position: int, frozen: float) -> None:
        self.world.now += 60
        due = self.world.now
        self.world.calls.clear()

        def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
            if len(world.calls) - 1 == position:
                world.hook = plainly
                world.now += frozen
                self._run(due)
            return act()

        self.world.hook = hook
        self._run(due)

    @rule(days=st.integers(2, 20))
    def an_old_event_comes_again(self, days: int) -> None:
        self._run(self.world.now - days * 24 * HOUR)

    @rule()
    def a_look(self) -> None:
        Invocation(self.world).look()
        self._note()

    @rule(name=st.sampled_from(["by-hand", "shop-20260301T010000Z-0"]))
    def somebody_makes_a_backup(self, name: str) -> None:
        self.foreign.add(self.world.foreign(name=name).arn)

    @rule()
    def backups_fail_for_a_while(self) -> None:
        self.world.denied.add(("create", ORDERS))
        assert not self._run()
        self.world.denied.clear()
        self.world.now += 200

    @invariant()
    def nothing_foreign_is_deleted(self) -> None:
        assert self.foreign <= set(self.world.backups)

    @invariant()
    def what_is_promised_is_kept(self) -> None:
        history = [(datetime.fromtimestamp(when, UTC), arn) for arn, when in self.ever_good.items()]
        if history:
            now = datetime.fromtimestamp(self.world.now, UTC)
            assert expected(self.world.policy, history, now) <= set(self.world.backups)

    @invariant()
    def the_newest_good_one_is_kept(self) -> None:
        known = {entry.arn: entry for entry in self.world.entries.values() if entry.arn in self.ever_good}
        if known:
            newest = max(known.values(), key=lambda entry: (entry.created, entry.scheduled))
            assert newest.arn in self.world.backups

    @invariant()
    def there_is_no_second_one_and_none_is_lost(self) -> None:
        own = {arn for arn in self.world.backups if arn not in self.foreign}
        recorded = [entry.arn for entry in self.world.entries.values() if entry.arn]
        assert own <= set(recorded)
        assert len(recorded) == len(set(recorded))


TestRetention = Retention.TestCase
TestRetention.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
