"""Retries end with the attempts, with a failure that stays, and before the invocation does."""

from collections.abc import Callable
from typing import Any

import pytest
from handler_toolkit import BudgetExpiredError, CircuitOpenError, Failure, Retry, TimeBudget
from hypothesis import given
from hypothesis import strategies as st

from tests.handler_toolkit.contexts import FakeContext


class AskedError(Exception):
    failure = Failure.THROTTLED

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after


def failing(*errors: Exception, then: object = "done") -> Callable[[], Any]:
    left = list(errors)

    def act() -> Any:
        if left:
            raise left.pop(0)
        return then

    return act


def test_what_passes_is_tried_again() -> None:
    slept: list[float] = []
    retry = Retry(sleep=slept.append)
    assert retry.call(failing(ConnectionError(), TimeoutError())) == "done"
    assert len(slept) == 2


def test_arguments_and_the_decorator() -> None:
    @Retry(sleep=lambda _: None)
    def add(first: int, *, second: int) -> int:
        return first + second

    assert add(1, second=2) == Retry().call(add, 1, second=2) == 3
    assert add.__name__ == "add"


def test_the_last_error_is_raised_as_it_is() -> None:
    last = ConnectionError("the third")
    with pytest.raises(ConnectionError) as raised:
        Retry(sleep=lambda _: None).call(failing(ConnectionError(), ConnectionError(), last))
    assert raised.value is last


@pytest.mark.parametrize("error", [KeyError("x"), CircuitOpenError("p", 0.0), BudgetExpiredError()])
def test_no_permanent_failure_and_no_refusal_is_tried_again(error: Exception) -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        Retry(sleep=lambda _: None).call(act)
    assert calls == [1]


def test_the_app_decides_what_passes() -> None:
    retry = Retry(classify=lambda _: Failure.TRANSIENT, sleep=lambda _: None)
    assert retry.call(failing(KeyError())) == "done"


def test_a_service_that_asks_for_patience_gets_it() -> None:
    slept: list[float] = []
    Retry(sleep=slept.append, base=0.1).call(failing(AskedError(2)))
    assert 2 <= slept[0] <= 2.4


def test_a_wait_longer_than_the_cap_is_left_to_others() -> None:
    slept: list[float] = []
    with pytest.raises(AskedError):
        Retry(sleep=slept.append, cap=5).call(failing(AskedError(6)))
    assert slept == []


def test_no_wait_begins_that_the_invocation_has_no_room_for() -> None:
    context = FakeContext(left=3)
    with TimeBudget.of(context, reserve=1.5), pytest.raises(AskedError):
        Retry(sleep=context.spend).call(failing(AskedError(2)))
    assert context.left == 3


@given(
    errors=st.lists(st.sampled_from(["drop", "throttle", "wait"]), max_size=12),
    left=st.floats(min_value=0.0, max_value=20),
    call=st.floats(min_value=0.0, max_value=2),
)
def test_waits_never_outlive_the_budget(errors: list[str], left: float, call: float) -> None:
    context = FakeContext(left=left)
    makers: dict[str, Callable[[], Exception]] = {
        "drop": ConnectionError,
        "throttle": lambda: AskedError(0),
        "wait": lambda: AskedError(1.5),
    }
    act = failing(*(makers[error]() for error in errors))
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        assert seconds < budget.remaining()
        context.spend(seconds)

    def timed() -> object:
        context.spend(call)
        return act()

    budget = TimeBudget.of(context, reserve=0.5)
    with budget:
        try:
            Retry(attempts=10, sleep=sleep).call(timed)
        except (ConnectionError, AskedError):
            assert errors
    assert len(waits) <= 9


def test_waits_are_jittered_in_full_and_grow() -> None:
    waits: list[list[float]] = [[], []]
    for _ in range(300):
        slept: list[float] = []
        Retry(sleep=slept.append, base=1, cap=5).call(failing(ConnectionError(), ConnectionError()))
        for kept, seconds in zip(waits, slept, strict=True):
            kept.append(seconds)
    assert min(waits[0]) < 0.1
    assert 0.9 < max(waits[0]) <= 1
    assert min(waits[1]) < 0.2
    assert 1.8 < max(waits[1]) <= 2


def test_throttled_callers_wait_longer() -> None:
    slept: list[float] = []
    for _ in range(300):
        Retry(sleep=slept.append, base=1, cap=5).call(failing(AskedError(0)))
    assert 3.5 < max(slept) <= 4


def test_a_process_that_is_told_to_stop_stops() -> None:
    def act() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Retry(classify=lambda _: Failure.TRANSIENT).call(act)
