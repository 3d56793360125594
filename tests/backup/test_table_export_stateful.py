"""Any sequence of schedules, failures, overlaps and recovery switched off and on: chains stay whole.

What is checked against the world knows nothing of the handler's ledger: it reads the manifests and data in the bucket,
puts tables together from them, and compares these with the tables' past.
"""

from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from table_export.chains import chain_problems
from table_export.links import Link
from table_export.model import Kind
from table_export.running import FailedError

from tests.backup.backup_world import Fault, suffer
from tests.backup.export_world import (
    HOUR,
    MINUTE,
    ORDERS,
    Hook,
    Invocation,
    KilledError,
    World,
    pass_time,
    plainly,
    reconstructed,
)

KINDS = st.sampled_from(Kind)


class Chains(RuleBasedStateMachine):
    """A table that changes, and its exports."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.was_off = False
        self.checked: set[str] = set()

    def _run(self, act: Callable[[Invocation], Any], hook: Hook = plainly) -> None:
        self.world.calls.clear()
        self.world.hook = hook
        try:
            act(Invocation(self.world))
        except (FailedError, KilledError):
            pass
        finally:
            self.world.hook = plainly

    @rule(key=st.sampled_from("abc"), value=st.one_of(st.none(), st.sampled_from("xyz")))
    def an_item_changes(self, key: str, value: str | None) -> None:
        self.world.put(key, value)
        self.world.now += 1

    @rule(minutes=st.integers(1, 40))
    def time_passes_with_looks(self, minutes: int) -> None:
        pass_time(self.world, minutes * MINUTE)

    @rule(hours=st.integers(1, 60))
    def nobody_looks_for_hours(self, hours: int) -> None:
        self.world.now += hours * HOUR

    @rule(kind=KINDS)
    def a_schedule_fires(self, kind: Kind) -> None:
        self._run(lambda invocation: invocation.ask(kind))

    @rule(kind=KINDS, hours=st.integers(1, 100))
    def an_event_comes_late(self, kind: Kind, hours: int) -> None:
        self._run(lambda invocation: invocation.ask(kind, self.world.now - hours * HOUR))

    @rule(position=st.integers(0, 12), fault=st.sampled_from(Fault), kind=st.one_of(st.none(), KINDS))
    def a_run_suffers(self, position: int, fault: Fault, kind: Kind | None) -> None:
        def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
            return suffer(fault, act) if len(world.calls) - 1 == position else act()

        self._run(lambda one: one.ask(kind) if kind else one.look(), hook)

    @rule(position=st.integers(0, 12), frozen=st.integers(0, 15 * MINUTE), kind=st.one_of(st.none(), KINDS))
    def two_runs_overlap(self, position: int, frozen: int, kind: Kind | None) -> None:
        def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
            if len(world.calls) - 1 == position:
                world.hook = plainly
                world.now += frozen
                Invocation(world).look()
            return act()

        self._run(lambda one: one.ask(kind) if kind else one.look(), hook)

    @rule(torn=st.booleans())
    def the_next_export_fails(self, *, torn: bool) -> None:
        self.world.torn += torn
        self.world.failing += not torn

    @precondition(lambda self: not self.was_off)
    @rule()
    def recovery_is_switched_off(self) -> None:
        self.world.tables[ORDERS].enabled_at = None
        self.was_off = True

    @precondition(lambda self: self.was_off)
    @rule()
    def recovery_is_switched_on(self) -> None:
        self.world.now += MINUTE
        self.world.tables[ORDERS].enabled_at = self.world.now
        self.was_off = False

    @precondition(lambda self: not self.was_off)
    @rule()
    def quiet_hours_bring_everything_up_to_date(self) -> None:
        moment = self.world.now
        self._run(lambda invocation: invocation.ask(Kind.INCREMENTAL, moment))
        self.world.failing = self.world.torn = 0
        pass_time(self.world, 20 * HOUR, looks=15 * MINUTE)
        state = self.world.state()
        assert state.chain
        assert state.end > moment - 15 * MINUTE
        assert (state.full, state.window, state.full_at) == (None, None, 0)

    @invariant()
    def no_span_of_a_chain_is_exported_twice(self) -> None:
        lost = {id(each) for each in self.world.exports if each.fails or not each.whole}
        spans = [each.span for each in self.world.exports if id(each) not in lost]
        windows = [span for span in spans if span[0] == Kind.INCREMENTAL]
        assert len(windows) == len(set(windows))
        for earlier, later in pairwise(sorted(windows)):
            assert earlier[2] <= later[1]

    @invariant()
    def chains_are_contiguous_and_make_the_table_again(self) -> None:
        links = sorted(self.world.links(), key=lambda each: each[1].chain)
        for _, group in groupby(links, key=lambda each: each[1].chain):
            chain = list(group)
            assert list(chain_problems(chain, self.world.now)) == []
            self._check([link for _, link in chain])

    def _check(self, chain: list[Link]) -> None:
        new = [link for link in chain if link.export not in self.checked]
        for link in new:
            self.checked.add(link.export)
            wanted = {
                f'{{"S": "{key}"}}': item for key, item in self.world.tables[ORDERS].at(link.end).items()
            }
            assert reconstructed(self.world.of(), chain, link.end) == wanted


TestChains = Chains.TestCase
TestChains.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
