"""The circuit breaker as one instance sees it, and what several of them share."""

import logging
import threading
from collections.abc import Callable

import pytest
from handler_toolkit import (
    BudgetExpiredError,
    CircuitBreaker,
    CircuitOpenError,
    Failure,
    MemoryBreakerStore,
    classify,
)
from handler_toolkit.circuit import Circuit

DOWN = ConnectionError("down")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class BrokenStore:
    """A store that cannot be reached."""

    reads = 0

    def read(self, name: str) -> Circuit:
        self.reads += 1
        raise ConnectionError(name)

    def swap(self, name: str, old: Circuit, new: Circuit) -> bool:
        raise ConnectionError(name, old, new)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryBreakerStore:
    return MemoryBreakerStore()


@pytest.fixture
def new(store: MemoryBreakerStore, clock: Clock) -> Callable[[], CircuitBreaker]:
    """Makes the breaker of one more instance."""
    return lambda: CircuitBreaker(
        "payments", store, failures=3, window=60, recovery=30, lease=10, refresh=1, clock=clock
    )


def failing(error: BaseException = DOWN) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def fail(breaker: CircuitBreaker, error: BaseException = DOWN) -> None:
    with pytest.raises(type(error)):
        breaker.call(failing(error))


def refused(breaker: CircuitBreaker) -> CircuitOpenError:
    called: list[int] = []
    with pytest.raises(CircuitOpenError) as raised:
        breaker.call(called.append, 1)
    assert called == []
    return raised.value


def test_closed_lets_all_through_and_passes_errors_on_as_they_are(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    assert breaker.call(int, "11", base=2) == 3
    with pytest.raises(ConnectionError) as raised:
        breaker.call(failing())
    assert raised.value is DOWN


def test_failures_of_all_instances_together_open_it_for_all(
    new: Callable[[], CircuitBreaker], clock: Clock
) -> None:
    instances = [new() for _ in range(4)]
    for breaker in instances[:3]:
        fail(breaker)
    clock.now += 1  # the others look again
    for breaker in instances:
        error = refused(breaker)
        assert error.retry_after == 29
        assert classify(error) is Failure.TRANSIENT


def test_the_failure_that_opens_it_is_still_the_dependencys(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    for _ in range(3):
        fail(breaker)
    assert breaker.state == "open"


def test_failures_that_are_far_apart_do_not_open_it(new: Callable[[], CircuitBreaker], clock: Clock) -> None:
    breaker = new()
    for _ in range(10):
        fail(breaker)
        clock.now += 31
    assert breaker.state == "closed"


def test_successes_between_failures_do_not_hide_them(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    for _ in range(3):
        breaker.call(lambda: None)
        fail(breaker)
    assert breaker.state == "open"


def test_permanent_failures_do_not_count(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    for _ in range(10):
        fail(breaker, KeyError("order"))
    assert breaker.state == "closed"


def test_one_probe_closes_it_for_all(new: Callable[[], CircuitBreaker], clock: Clock) -> None:
    first, second = new(), new()
    for _ in range(3):
        fail(first)
    clock.now += 30
    assert first.call(lambda: refused(second) and "probed") == "probed"
    assert first.state == "closed"
    clock.now += 1
    assert second.call(lambda: "through") == "through"


def test_a_failed_probe_opens_it_for_another_time(new: Callable[[], CircuitBreaker], clock: Clock) -> None:
    first, second = new(), new()
    for _ in range(3):
        fail(first)
    clock.now += 30
    fail(first)
    assert refused(first).retry_after == 30
    clock.now += 29
    refused(second)
    clock.now += 1
    second.call(lambda: None)


def test_a_permanent_failure_is_an_answer_so_the_probe_closes(
    new: Callable[[], CircuitBreaker], clock: Clock
) -> None:
    breaker = new()
    for _ in range(3):
        fail(breaker)
    clock.now += 30
    fail(breaker, KeyError("no such card"))
    assert breaker.state == "closed"


@pytest.mark.parametrize("error", [BudgetExpiredError(), CircuitOpenError("inner", 5)])
def test_a_probe_that_never_reached_the_dependency_is_left_to_the_next_call(
    new: Callable[[], CircuitBreaker], clock: Clock, error: Exception
) -> None:
    first, second = new(), new()
    for _ in range(3):
        fail(first)
    clock.now += 30
    fail(first, error)
    assert first.state == "open"
    second.call(lambda: None)
    assert second.state == "closed"


def test_a_call_without_an_outcome_never_opens_it(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    for _ in range(10):
        fail(breaker, BudgetExpiredError())
    assert breaker.state == "closed"


def test_a_prober_that_dies_blocks_nobody_for_longer_than_its_lease(
    new: Callable[[], CircuitBreaker], store: MemoryBreakerStore, clock: Clock
) -> None:
    breaker = new()
    for _ in range(3):
        fail(breaker)
    clock.now += 30
    circuit = store.read("payments")
    assert store.swap("payments", circuit, circuit.probing("died", clock.now + 10))
    clock.now += 1
    assert refused(breaker).retry_after == 9
    clock.now += 9
    breaker.call(lambda: None)
    assert breaker.state == "closed"


def test_a_late_prober_does_not_undo_what_its_successor_found(
    new: Callable[[], CircuitBreaker], clock: Clock
) -> None:
    late, successor = new(), new()
    for _ in range(3):
        fail(late)
    clock.now += 30

    def slow() -> None:
        clock.now += 11  # longer than the lease
        fail(successor)

    late.call(slow)
    clock.now += 1
    assert late.state == successor.state == "open"


def test_calls_that_began_before_it_opened_change_nothing(
    new: Callable[[], CircuitBreaker], store: MemoryBreakerStore
) -> None:
    first, second = new(), new()

    def slow() -> None:
        for _ in range(3):
            fail(second)
        raise DOWN

    with pytest.raises(ConnectionError):
        first.call(slow)
    opened = store.read("payments")
    assert opened.state == "open"
    assert len(opened.failures) == 3


def test_without_a_store_every_call_goes_through_and_it_says_so(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = BrokenStore()
    breaker = CircuitBreaker("payments", store, failures=1, clock=clock)
    for _ in range(5):
        fail(breaker)
    assert breaker.call(lambda: "through") == "through"
    assert store.reads == 1  # and not one for each call, which would wait for it
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "cannot use its store" in record.message
    clock.now += 1
    breaker.call(lambda: None)
    assert store.reads == 2


def test_a_store_that_fails_when_the_probe_is_taken_lets_the_call_through(
    new: Callable[[], CircuitBreaker],
    store: MemoryBreakerStore,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaker = new()
    for _ in range(3):
        fail(breaker)
    clock.now += 30
    with monkeypatch.context() as patch:
        patch.setattr(store, "swap", BrokenStore().swap)
        assert breaker.call(lambda: "through") == "through"
    clock.now += 1
    assert breaker.call(lambda: "probed") == "probed"
    assert store.read("payments").state == "closed"


def test_it_is_counted_when_it_opens_and_closes(
    new: Callable[[], CircuitBreaker],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Orders")
    breaker = new()
    for _ in range(3):
        fail(breaker)
    assert '"CircuitOpened":[1.0]' in (written := capsys.readouterr().out)
    assert '"breaker":"payments"' in written
    clock.now += 30
    breaker.call(lambda: None)
    assert '"CircuitClosed":[1.0]' in capsys.readouterr().out


def test_threads_of_one_instance_call_at_the_same_time(new: Callable[[], CircuitBreaker]) -> None:
    breaker = new()
    meeting = threading.Barrier(2, timeout=10)
    threads = [threading.Thread(target=breaker.call, args=(meeting.wait,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not meeting.broken


def test_a_busy_instance_reads_once_a_second(
    new: Callable[[], CircuitBreaker],
    store: MemoryBreakerStore,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: list[str] = []
    read = store.read

    def counted(name: str) -> Circuit:
        reads.append(name)
        return read(name)

    monkeypatch.setattr(store, "read", counted)
    breaker = new()
    for _ in range(100):
        breaker.call(lambda: None)
        clock.now += 0.0625
    assert len(reads) == 7


def test_the_decorator_guards_each_call(new: Callable[[], CircuitBreaker]) -> None:
    @new()
    def charge(amount: int) -> int:
        return amount

    assert charge(5) == 5
    assert charge.__name__ == "charge"
