"""The time budget is what Lambda leaves, less the reserve, for whoever is inside the with."""

import threading

import pytest
from handler_toolkit import BudgetExpiredError, TimeBudget, current_budget, with_time_budget

from tests.handler_toolkit.contexts import FakeContext


def test_budget_is_the_time_left_less_the_reserve() -> None:
    context = FakeContext(left=10)
    budget = TimeBudget.of(context, reserve=2)
    assert budget.remaining() == 8
    context.spend(7)
    assert budget.remaining() == 1
    assert not budget.expired


def test_budget_is_expired_while_the_reserve_is_left() -> None:
    budget = TimeBudget.of(FakeContext(left=2), reserve=2)
    assert budget.expired
    assert budget.remaining() == 0
    assert budget.until_the_end() == 2


def test_budget_is_never_negative() -> None:
    budget = TimeBudget.of(FakeContext(left=-1))
    assert budget.remaining() == budget.until_the_end() == 0


def test_timeout_is_the_smaller_of_what_is_wanted_and_what_is_left() -> None:
    budget = TimeBudget.of(FakeContext(left=4), reserve=1)
    assert budget.timeout(10) == 3
    assert budget.timeout(2) == 2


def test_fails_to_give_a_timeout_when_nothing_is_left() -> None:
    with pytest.raises(BudgetExpiredError, match="No time is left"):
        TimeBudget.of(FakeContext(left=0)).timeout(1)


def test_budgets_nest_and_end() -> None:
    assert current_budget() is None
    with TimeBudget.of(FakeContext(left=9)) as outer:
        assert current_budget() is outer
        with TimeBudget.lasting(1) as inner:
            assert current_budget() is inner
        assert current_budget() is outer
    assert current_budget() is None


def test_part_of_an_invocation_never_outlasts_the_invocation() -> None:
    clock = iter([0.0, 1.0, 1.0])
    with TimeBudget.of(FakeContext(left=3), reserve=1):
        assert TimeBudget.lasting(10, clock=lambda: next(clock)).remaining() == 2


def test_a_handler_has_its_budget_and_leaves_none_behind() -> None:
    @with_time_budget(reserve=1)
    def handler(_event: object, _context: object) -> float:
        budget = current_budget()
        assert budget
        return budget.remaining()

    assert handler({}, FakeContext(left=5)) == 4

    assert current_budget() is None


def test_a_handler_that_raises_leaves_no_budget_behind() -> None:
    @with_time_budget()
    def handler(_event: object, _context: object) -> None:
        raise KeyError("order")

    with pytest.raises(KeyError):
        handler({}, FakeContext())
    assert current_budget() is None


def test_a_thread_has_no_budget_of_its_own() -> None:
    seen: list[object] = []
    with TimeBudget.of(FakeContext()):
        thread = threading.Thread(target=lambda: seen.append(current_budget()))
        thread.start()
        thread.join()
    assert seen == [None]
