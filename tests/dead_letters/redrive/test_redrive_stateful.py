"""Runs that overlap, step by step, with crashes, faults and time that passes: every event ends once, and none is lost.

Each run is a thread that stops before each of its calls, and goes on when it is told to; so one thread is at work at
any time, and what happens is decided by hypothesis alone.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from redrive.ports import State
from redrive.settling import LEASE

from tests.dead_letters.redrive.redrive_world import (
    DEAD,
    PARKED,
    Fault,
    FunctionError,
    KilledError,
    World,
    client_error,
    failed_record,
    plainly,
    redrive,
    suffer,
)

GOOD, POISON, FLAKY, THROTTLED, MALFORMED = KINDS = ("good", "poison", "flaky", "throttled", "malformed")
DECISIVE = ("invoke", "park", "write DONE", "write PARKED", "delete")
AT_ONCE = 3


class Actor:
    """A run that makes one call each time it is told to."""

    def __init__(self, world: World, max_attempts: int) -> None:
        self.pending = ""
        self.over = self.dead = False
        self._world, self._max_attempts = world, max_attempts
        self._fault: Fault | None = None
        self._go, self._waits = threading.Semaphore(0), threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self.thread.start()
        self._waits.acquire()

    def step(self, fault: Fault | None = None) -> None:
        self._fault = fault
        self._go.release()
        self._waits.acquire()

    def call(self, what: str, act: Callable[[], Any]) -> Any:
        if self.dead:
            raise KilledError
        self.pending = what
        self._waits.release()
        self._go.acquire()
        try:
            return suffer(self._fault, act)
        except KilledError:
            self.dead = True
            raise
        finally:
            self._world.killed = False  # the others live on

    def _run(self) -> None:
        with suppress(KilledError, Exception):  # what stands in the world afterwards is looked at
            redrive(self._world, max_attempts=self._max_attempts, rate_per_second=500)
        self.over = True
        self._waits.release()


class Redriving(RuleBasedStateMachine):
    """A queue, and runs at it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.kinds: dict[str, str] = {}
        self.actors: list[Actor] = []
        self.succeeded: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.unheard: set[str] = set()
        self.repaired = False
        self.max_attempts = 3

    @initialize(max_attempts=st.integers(1, 3))
    def begin(self, max_attempts: int) -> None:
        self.max_attempts = max_attempts
        self.world = World(hook=self._hook, answer=self._answer)

    def _hook(self, _world: World, what: str, act: Callable[[], Any]) -> Any:
        for actor in self.actors:
            if actor.thread is threading.current_thread():
                return actor.call(what, act)
        return act()

    def _answer(self, _function: str, event: Any) -> Any:
        letter = event["letter"]
        if self.kinds[letter] == THROTTLED and not self.repaired:
            raise client_error("TooManyRequestsException", 429)
        self.ended[letter] += 1
        if self.kinds[letter] == POISON or (self.kinds[letter] == FLAKY and not self.repaired):
            raise FunctionError("broken")
        self.succeeded[letter] += 1

    @rule(kind=st.sampled_from(KINDS))
    def add(self, kind: str) -> None:
        letter = f"l{len(self.kinds)}"
        self.kinds[letter] = kind
        body = "{" if kind == MALFORMED else json.dumps(failed_record({"letter": letter}))
        self.world.put(DEAD, body, message_id=letter)

    @precondition(lambda self: len(self.actors) < AT_ONCE)
    @rule()
    def start(self) -> None:
        actor = Actor(self.world, self.max_attempts)
        self.actors.append(actor)
        actor.start()
        self._sweep_up()

    @precondition(lambda self: self.actors)
    @rule(
        which=st.integers(0, AT_ONCE - 1),
        steps=st.integers(1, 8),
        fault=st.sampled_from([None, None, None, *Fault]),
    )
    def go_on(self, which: int, steps: int, fault: Fault | None) -> None:
        actor = self.actors[which % len(self.actors)]
        for _ in range(steps - 1):
            if not actor.over:
                actor.step()
        self._step(actor, fault)

    @precondition(lambda self: self.actors)
    @rule(
        which=st.integers(0, AT_ONCE - 1),
        call=st.sampled_from(DECISIVE),
        fault=st.sampled_from([None, None, *Fault]),
    )
    def go_on_until(self, which: int, call: str, fault: Fault | None) -> None:
        actor = self.actors[which % len(self.actors)]
        while not actor.over and actor.pending != call:
            actor.step()
        self._step(actor, fault)

    def _step(self, actor: Actor, fault: Fault | None) -> None:
        if not actor.over:
            if fault is Fault.LOST and actor.pending == "park":
                self.unheard |= set(self.kinds)
            actor.step(fault)
        self._sweep_up()

    @rule(seconds=st.sampled_from([1.0, 100.0, 970.0, LEASE + 1]))
    def wait(self, seconds: float) -> None:
        self.world.now += seconds

    @rule()
    def deliver_twice(self) -> None:
        """A standard queue may give a message to a second one while the first one has it.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
        """
        for stored in self.world.queues[DEAD]:
            stored.visible_at = self.world.now

    @rule()
    def repair(self) -> None:
        self.repaired = True

    def _sweep_up(self) -> None:
        self.actors = [actor for actor in self.actors if not actor.over]

    @invariant()
    def every_event_is_somewhere(self) -> None:
        parked = self._parked()
        for letter in self.kinds:
            assert letter in self.world.ids(DEAD) or self.succeeded[letter] or parked[letter], letter

    @invariant()
    def what_is_said_to_have_ended_has_ended(self) -> None:
        parked = self._parked()
        for letter in self.kinds:
            state = self.world.state(letter)
            assert state is not State.DONE or self.succeeded[letter]
            assert state is not State.PARKED or parked[letter]

    @invariant()
    def an_end_is_final_and_a_claim_is_respected(self) -> None:
        for now, before, after in self.world.writes:
            if before is None:
                continue
            assert before.state not in (State.DONE, State.PARKED), (before, after)
            taken_over = after.state is State.CLAIMED and after.leased_until != before.leased_until
            if before.state is State.CLAIMED and taken_over:
                assert now > before.leased_until

    @invariant()
    def a_success_is_repeated_only_where_a_lease_had_ended(self) -> None:
        taken_over = self._taken_over()
        for letter, number in self.succeeded.items():
            assert number <= 1 + taken_over[letter]

    @invariant()
    def each_time_that_an_event_is_given_was_claimed_before(self) -> None:
        claims = Counter(
            after.key.removeprefix("letter#")
            for _, before, after in self.world.writes
            if after.state is State.CLAIMED and after.attempts > (before.attempts if before else 0)
        )
        for letter, number in self.ended.items():
            assert number <= claims[letter]

    @invariant()
    def attempts_never_exceed_the_maximum(self) -> None:
        for letter in self.kinds:
            entry = self.world.entries.get(f"letter#{letter}")
            assert entry is None or entry.attempts <= self.max_attempts
            assert self.ended[letter] <= self.max_attempts

    @invariant()
    def what_is_parked_says_why_and_is_parked_once(self) -> None:
        for stored in self.world.queues[PARKED]:
            assert stored.attributes["why"]["reason"]
            assert stored.attributes["why"]["attempts"] <= self.max_attempts
        for letter, number in self._parked().items():
            assert number <= 1 + self._taken_over()[letter] or letter in self.unheard

    def _taken_over(self) -> Counter[str]:
        """How often a run took over a letter from one that did not end it before its lease ended."""
        return Counter(
            after.key.removeprefix("letter#")
            for _, before, after in self.world.writes
            if before is not None
            and before.state is after.state is State.CLAIMED
            and before.leased_until != after.leased_until
        )

    def _parked(self) -> Counter[str]:
        return Counter(stored.attributes["id"]["of"] for stored in self.world.queues[PARKED])

    def teardown(self) -> None:
        """In the end, with time and without faults, all events are done or parked."""
        for actor in self.actors:
            while not actor.over:
                actor.step(Fault.KILLED)
            actor.thread.join()
        self.world.hook = plainly
        self.repaired = True
        for _ in range(self.max_attempts + 2):
            self.world.now += LEASE + 1
            redrive(self.world, max_attempts=self.max_attempts, rate_per_second=500)
        assert self.world.ids(DEAD) == []
        parked = self._parked()
        for letter, kind in self.kinds.items():
            assert self.succeeded[letter] or parked[letter]
            assert kind not in (POISON, MALFORMED) or parked[letter]
            known = letter not in self.unheard and not self._taken_over()[letter]
            assert not known or self.succeeded[letter] + parked[letter] == 1
        self.attempts_never_exceed_the_maximum()
        self.what_is_said_to_have_ended_has_ended()
        self.an_end_is_final_and_a_claim_is_respected()


Redriving.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestRedriving = Redriving.TestCase
