"""One effect for each key, whoever asks, however often and at the same time: on any mix of crashes, errors and time."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

import pytest
from aws_lambda_powertools.utilities.idempotency import base
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyKeyError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.persistence import base as layer_base
from aws_lambda_powertools.utilities.idempotency.persistence import datarecord, dynamodb
from handler_toolkit import TimeBudget, idempotent
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.handler_toolkit.contexts import FakeContext
from tests.handler_toolkit.tables import Actor, FakeTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY = 24 * 3600


class Clock:
    """What Powertools reads the time from."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    @contextmanager
    def patched(self) -> Iterator[None]:
        fake = SimpleNamespace(
            datetime=SimpleNamespace(now=lambda: dt.datetime.fromtimestamp(self.now)),  # noqa: DTZ006 - as there
            timedelta=dt.timedelta,
        )
        with ExitStack() as stack:
            for module in (base, layer_base, datarecord, dynamodb):
                stack.enter_context(mock.patch.object(module, "dt", fake))
            yield


def once(store: FakeTable, act: Callable[..., Any], /, **options: Any) -> Callable[..., Any]:
    """`act` once for each id of its order, by `store`."""
    arguments: dict[str, Any] = {"argument": "order", "key": "id", "prefix": "charge", "table": "keys"}
    return idempotent(**(arguments | options), client=cast("DynamoDBClient", store))(act)


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with clock.patched():
        yield clock


@pytest.fixture
def table() -> FakeTable:
    return FakeTable()


@pytest.mark.usefixtures("clock")
def test_a_second_call_gets_the_first_ones_result(table: FakeTable) -> None:
    amounts = iter([5, 7])
    charge = once(table, lambda *, order: {"amount": next(amounts), "of": order["id"]})
    assert charge(order={"id": "a"}) == charge(order={"id": "a", "note": "again"}) == {"amount": 5, "of": "a"}
    assert charge(order={"id": "b"}) == {"amount": 7, "of": "b"}


def test_a_result_outlives_a_message_that_lay_in_a_queue_for_fourteen_days(
    clock: Clock, table: FakeTable
) -> None:
    amounts = iter([5, 7])
    charge = once(table, lambda *, order: (order, next(amounts))[1])
    assert charge(order={"id": "a"}) == 5
    clock.now += 14.9 * DAY
    assert charge(order={"id": "a"}) == 5
    clock.now += 0.1 * DAY + 2
    assert charge(order={"id": "a"}) == 7


@pytest.mark.usefixtures("clock")
def test_fails_without_a_key(table: FakeTable) -> None:
    charge = once(table, lambda *, order: order)
    with pytest.raises(IdempotencyKeyError):
        charge(order={"note": "no id"})
    assert table.items == {}


@pytest.mark.usefixtures("clock")
def test_fails_when_the_same_key_comes_with_something_else(table: FakeTable) -> None:
    charge = once(table, lambda *, order: order["total"], payload="total")
    assert charge(order={"id": "a", "total": 5}) == 5
    with pytest.raises(IdempotencyValidationError):
        charge(order={"id": "a", "total": 6})


@pytest.mark.usefixtures("clock")
def test_a_replay_is_told(table: FakeTable) -> None:
    charge = once(
        table, lambda *, order: order, replayed=lambda result, _record: {**result, "replayed": True}
    )
    assert charge(order={"id": "a"}) == {"id": "a"}
    assert charge(order={"id": "a"}) == {"id": "a", "replayed": True}


@pytest.mark.usefixtures("clock")
def test_the_table_is_named_by_the_environment(table: FakeTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDEMPOTENCY_TABLE_NAME", "keys-of-orders")
    with mock.patch.object(table, "put_item", wraps=table.put_item) as put:
        once(table, lambda *, order: order, table=None)(order={"id": "a"})
    assert put.call_args.kwargs["TableName"] == "keys-of-orders"


@pytest.mark.parametrize(("left", "expected"), [(20.0, 20.0), (None, 900.0)])
def test_a_call_counts_as_running_until_its_invocation_ends(
    clock: Clock, table: FakeTable, left: float | None, expected: float
) -> None:
    def act(*, order: Any) -> None:
        (record,) = table.items.values()
        assert int(record["in_progress_expiration"]["N"]) == (clock.now + expected) * 1000, order

    charge = once(table, act)
    if left is None:
        charge(order={"id": "a"})
    else:
        with TimeBudget.of(FakeContext(left=left), reserve=5):
            charge(order={"id": "a"})
    assert len(table.items) == 1


@dataclass
class Worker:
    """An execution environment, and the call that it may be in."""

    actor: Actor = field(default_factory=Actor)
    key: str = ""
    context: FakeContext = field(default_factory=FakeContext)
    ends: float = 0.0
    did: bool = False


class IdempotencyMachine(RuleBasedStateMachine):
    """An effect happens twice for a key only if the first one could not be recorded; results are replayed."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.patches = ExitStack()
        self.patches.enter_context(self.clock.patched())
        self.table = FakeTable()
        self.workers: list[Worker] = []
        self.gone: list[Actor] = []
        self.effects: Counter[str] = Counter()
        self.unrecorded: Counter[str] = Counter()
        self.results: dict[str, tuple[object, float]] = {}
        self.problems: list[str] = []

    @initialize()
    def start(self) -> None:
        self.workers = [Worker() for _ in range(2)]

    @rule(number=st.integers(0, 1), key=st.sampled_from("ab"), timeout=st.sampled_from([3.0, 30.0]))
    def call(self, number: int, key: str, timeout: float) -> None:
        worker = self.workers[number]
        if worker.actor.busy:
            return
        worker.key, worker.did, worker.ends = key, False, self.clock.now + timeout
        context = FakeContext(left=timeout)
        act = once(self.table, lambda *, order: (order, worker.actor.hold())[1])

        def invoke() -> object:
            with TimeBudget.of(context):
                return act(order={"id": key})

        outcome = worker.actor.call(invoke)
        kept, until = self.results.get(key, (None, 0.0))
        replayable = key in self.results and self.clock.now <= until
        other = self.workers[1 - number]
        running = other.actor.busy and other.key == key
        if outcome is None:
            self.must(not replayable, "called although there is a result")
            self.must(not running, "called while another call runs")
        elif outcome.error:
            self.must(
                isinstance(outcome.error, IdempotencyAlreadyInProgressError), f"ended with {outcome.error!r}"
            )
            self.must(not replayable, "refused although there is a result")
        else:
            self.must(replayable and outcome.value == kept, f"answered with {outcome.value}")

    @rule(number=st.integers(0, 1))
    def take_effect(self, number: int) -> None:
        worker = self.workers[number]
        if worker.actor.busy and not worker.did:
            worker.did = True
            self.effects[worker.key] += 1

    @rule(
        number=st.integers(0, 1), fault=st.sampled_from(["none", "none", "none", "unreachable", "no answer"])
    )
    def finish(self, number: int, fault: str) -> None:
        worker = self.workers[number]
        if not worker.actor.busy:
            return
        self.take_effect(number)
        self.table.fault = fault
        result = f"effect {self.effects[worker.key]}"
        outcome = worker.actor.go_on(lambda: result)
        self.table.fault = "none"
        if fault == "unreachable":
            self.unrecorded[worker.key] += 1
        else:
            self.results[worker.key] = (result, int(self.clock.now) + 15 * DAY)
        failed = outcome is not None and isinstance(outcome.error, IdempotencyPersistenceLayerError)
        self.must(failed is (fault != "none"), f"{fault}, and ended with {outcome}")

    @rule(number=st.integers(0, 1))
    def raise_an_error(self, number: int) -> None:
        """Which releases the key: what raises says that it may be called again."""
        worker = self.workers[number]
        if not worker.actor.busy:
            return

        def fail() -> None:
            raise KeyError(worker.key)

        outcome = worker.actor.go_on(fail)
        self.must(outcome and isinstance(outcome.error, KeyError), f"ended with {outcome}")
        self.unrecorded[worker.key] += worker.did

    @rule(number=st.integers(0, 1))
    def crash(self, number: int) -> None:
        worker = self.workers[number]
        self.gone.append(worker.actor)
        self.unrecorded[worker.key] += worker.actor.busy and worker.did
        self.workers[number] = Worker()

    @rule(seconds=st.sampled_from([0.5, 2.0, 4.0, 40.0, 14.0 * DAY, 16.0 * DAY]))
    def pass_time(self, seconds: float) -> None:
        """Lambda ends what takes too long."""
        self.clock.now += seconds
        for number, worker in enumerate(self.workers):
            if worker.actor.busy and self.clock.now >= worker.ends:
                self.crash(number)
        for key, (_, until) in list(self.results.items()):
            if self.clock.now > until + 1:
                del self.results[key]
                self.unrecorded[key] += 1  # the record has expired: the next effect is another one

    @rule(key=st.sampled_from("ab"))
    def nobody_is_blocked_for_ever(self, key: str) -> None:
        """When every invocation has ended, a call gets a result or makes one."""
        self.pass_time(31)
        self.call(0, key, 30.0)
        if self.workers[0].actor.busy:
            self.finish(0, "none")
        self.must(key in self.results, "no result")

    def must(self, holds: object, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)

    @invariant()
    def effects_are_once(self) -> None:
        assert self.problems == []
        for key, times in self.effects.items():
            assert times <= 1 + self.unrecorded[key], f"{key}: {times} effects"

    def teardown(self) -> None:
        for actor in (*self.gone, *(worker.actor for worker in self.workers)):
            actor.end()
        self.patches.close()


TestIdempotency = IdempotencyMachine.TestCase
TestIdempotency.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
