"""Any mix of instances, failures, crashes, time and troubles of the table leaves the breaker right, and never stuck."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from handler_toolkit import CircuitBreaker, CircuitOpenError, DynamoDbBreakerStore
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.handler_toolkit.tables import Actor, FakeTable, Outcome

FAILURES, WINDOW, RECOVERY, LEASE, REFRESH = 3, 20.0, 10.0, 5.0, 1.0
INSTANCES = 3
FOREVER = float("-inf")
NUMBERS = st.integers(0, INSTANCES - 1)
FAULTS = st.sampled_from(["none"] * 6 + ["unreachable", "no answer"])
STEPS = {
    ("closed", "closed"),
    ("closed", "open"),
    ("open", "half-open"),
    ("half-open", "half-open"),
    ("half-open", "open"),
    ("half-open", "closed"),
}
Item = dict[str, Any]


@dataclass
class Instance:
    """One execution environment."""

    breaker: CircuitBreaker
    actor: Actor = field(default_factory=Actor)
    blind_since: float = FOREVER
    probing_since: float | None = None


class BreakerMachine(RuleBasedStateMachine):
    """What the breaker promises, held against what the table and the dependency saw."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000.0
        self.table = FakeTable()
        self.table.wrote = self.judge_write
        self.instances: list[Instance] = []
        self.crashed: list[Instance] = []
        self.changed_at = FOREVER
        """When the circuit was last opened out of closed, or closed."""
        self.recorded: list[float] = []
        """Failures that the table took since the circuit closed last."""
        self.problems: list[str] = []
        self.acting: Instance | None = None
        self.holder: Instance | None = None
        """Who took the probe last."""

    @initialize()
    def start(self) -> None:
        self.instances = [self.new_instance() for _ in range(INSTANCES)]

    def new_instance(self) -> Instance:
        return Instance(
            CircuitBreaker(
                "payments",
                DynamoDbBreakerStore("breakers", self.table),  # type: ignore[arg-type]  # as much as it calls
                failures=FAILURES,
                window=WINDOW,
                recovery=RECOVERY,
                lease=LEASE,
                refresh=REFRESH,
                clock=lambda: self.now,
            )
        )

    @property
    def circuit(self) -> Item:
        return self.table.items.get("circuit-breaker#payments", {"state": {"S": "closed"}})

    @property
    def closed(self) -> bool:
        return bool(self.circuit["state"]["S"] == "closed")

    def judge_write(self, before: Item, after: Item) -> None:
        """Every write that the table takes is a step that the circuit has; the breaker would swallow an error."""
        old = before["state"]["S"] if before else "closed"
        new = after["state"]["S"]
        if (old, new) not in STEPS:
            self.problems.append(f"from {old} to {new}")
        if new == "half-open":
            due = before["lease_until"]["N"] if old == "half-open" else float(before["since"]["N"]) + RECOVERY
            if self.now < float(due):
                self.problems.append("a probe was taken before it was due")
            self.holder = self.acting
        elif old == "half-open" and self.acting is not self.holder:
            self.problems.append("somebody else ended the probe")
        if "closed" in (old, new) and old != new:
            self.changed_at = self.now

    @rule(seconds=st.sampled_from([0.25, REFRESH, LEASE, RECOVERY, WINDOW]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: not self.closed)
    @rule()
    def wait_until_a_probe_is_due(self) -> None:
        circuit = self.circuit
        half_open = circuit["state"]["S"] == "half-open"
        due = circuit["lease_until"]["N"] if half_open else float(circuit["since"]["N"]) + RECOVERY
        self.now = max(self.now, float(due))

    @rule(number=NUMBERS, fault=FAULTS)
    def call(self, number: int, fault: str) -> None:
        instance = self.instances[number]
        if not instance.actor.busy:
            self.begin(instance, fault)

    @rule(first=NUMBERS, second=NUMBERS)
    def call_at_once(self, first: int, second: int) -> None:
        """The second comes between the first one's read and its write."""
        one, other = self.instances[first], self.instances[second]
        if one is not other and not one.actor.busy and not other.actor.busy:
            self.table.before_next_write = lambda: self.begin(other)
            self.begin(one)
            self.table.before_next_write = None

    @rule(number=NUMBERS, works=st.booleans(), fault=FAULTS)
    def answer(self, number: int, fault: str, *, works: bool) -> None:
        instance = self.instances[number]
        if instance.actor.busy:
            self.end(instance, fault, works=works)

    @rule(first=NUMBERS, second=NUMBERS)
    def fail_at_once(self, first: int, second: int) -> None:
        """Two failures, the second between the first one's read and its write: both count."""
        one, other = self.instances[first], self.instances[second]
        if one is not other and one.actor.busy and other.actor.busy and self.closed:
            self.table.before_next_write = lambda: self.end(other, works=False)
            self.end(one, works=False)
            self.table.before_next_write = None

    @rule(number=NUMBERS)
    def fail_often(self, number: int) -> None:
        """Until it opens, or tells nobody any more."""
        instance = self.instances[number]
        for _ in range(FAILURES + 1):
            if not instance.actor.busy:
                self.begin(instance)
            if instance.actor.busy:
                self.end(instance, works=False)

    def begin(self, instance: Instance, fault: str = "none") -> None:
        faults, closed = self.table.faults, self.closed
        with self.as_instance(instance, fault):
            outcome = instance.actor.call(lambda: instance.breaker.call(instance.actor.hold))
        self.notice_faults(instance, faults)
        news_is_old = self.now - self.changed_at >= REFRESH
        blind = self.now - instance.blind_since < REFRESH
        if outcome is not None:
            self.must(isinstance(outcome.error, CircuitOpenError), f"ended with {outcome}")
            self.must(not blind, "refused although the table could not be asked")
            self.must(not closed or not news_is_old, "refused although closed")
        elif not closed and news_is_old and not blind:
            self.begin_probe(instance)

    @contextmanager
    def as_instance(self, instance: Instance, fault: str) -> Iterator[None]:
        before = self.acting, self.table.fault
        self.acting, self.table.fault = instance, fault
        yield
        self.acting, self.table.fault = before

    def must(self, holds: object, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)

    def begin_probe(self, instance: Instance) -> None:
        for other in (*self.instances, *self.crashed):
            since = other.probing_since
            self.must(since is None or since + LEASE <= self.now, "two probes at once within a lease")
        instance.probing_since = self.now

    def end(self, instance: Instance, fault: str = "none", *, works: bool) -> None:
        def fail() -> None:
            raise ConnectionError

        counts = not works and self.closed and self.now - instance.blind_since >= REFRESH
        faults = self.table.faults
        with self.as_instance(instance, fault):
            outcome = instance.actor.go_on((lambda: None) if works else fail)
        failed = self.notice_faults(instance, faults)
        self.must(isinstance(outcome, Outcome), "called twice")
        error = outcome.error if outcome else None
        self.must(error is None if works else isinstance(error, ConnectionError), f"ended with {error!r}")
        instance.probing_since = None
        if counts and not failed:
            self.recorded.append(self.now)
        elif counts:
            self.recorded = self.kept_failures()  # the write may have been taken or not
        in_window = [then for then in self.recorded if self.now - WINDOW < then]
        self.must(not self.closed or len(in_window) < FAILURES, "enough failures did not open it")
        if not self.closed:
            self.recorded = []

    def notice_faults(self, instance: Instance, before: int) -> bool:
        if self.table.faults == before:
            return False
        instance.blind_since = self.now
        return True

    def kept_failures(self) -> list[float]:
        return [float(then["N"]) for then in self.circuit.get("failures", {}).get("L", [])]

    @rule(number=NUMBERS)
    def crash(self, number: int) -> None:
        """The environment is gone, in the middle of its call if it has one; another takes its place."""
        self.crashed.append(self.instances[number])
        self.instances[number] = self.new_instance()

    @precondition(lambda self: not self.closed)
    @rule(number=NUMBERS)
    def recover(self, number: int) -> None:
        """Whatever happened: once all works again, one probe is let through in time, and closes it for all."""
        for instance in self.instances:
            if instance.actor.busy:
                self.end(instance, works=True)
        self.now += max(RECOVERY, LEASE) + REFRESH
        instance = self.instances[number]
        self.begin(instance)
        assert instance.actor.busy, "stuck open"
        self.end(instance, works=True)
        assert self.closed
        self.now += REFRESH
        for each in self.instances:
            self.begin(each)
            assert each.actor.busy, "closed for one, and not for all"
            self.end(each, works=True)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.problems == []

    @invariant()
    def only_failures_of_one_window_are_kept(self) -> None:
        kept = self.kept_failures()
        assert len(kept) <= FAILURES
        assert not kept or kept[-1] - kept[0] < WINDOW

    def teardown(self) -> None:
        self.table.wrote = lambda _, __: None
        for instance in (*self.instances, *self.crashed):
            instance.actor.end()


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
