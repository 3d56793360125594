"""The clock of a workflow, run by hand."""

import math
from collections.abc import Callable

import pytest

from local_cloud.workflow_clock import WorkflowClock


class Hands:
    """A real clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_wait_takes_its_scaled_time_and_counts_in_full(hands: Hands) -> None:
    clock = WorkflowClock(scale=0.01, timeout=1000, real=hands)

    clock.wait(600, hands.sleep)

    assert hands.now == pytest.approx(1006)
    assert clock.left == pytest.approx(400)


def test_what_a_workflow_does_counts_as_long_as_it_takes(hands: Hands) -> None:
    clock = WorkflowClock(scale=0.01, timeout=1000, real=hands)

    hands.sleep(30)
    clock.wait(100, hands.sleep)
    hands.sleep(20)

    assert clock.left == pytest.approx(850)


def test_wait_ends_when_the_execution_does(hands: Hands) -> None:
    clock = WorkflowClock(scale=0.5, timeout=10, real=hands)

    clock.wait(600, hands.sleep)

    assert hands.now == pytest.approx(1005)
    assert clock.left == pytest.approx(0)


def test_waits_side_by_side_count_once(hands: Hands) -> None:
    clock = WorkflowClock(scale=0.1, timeout=1000, real=hands)

    def beside(seconds: float) -> Callable[[float], None]:
        return lambda slept: clock.wait(seconds, hands.sleep) if slept else None

    clock.wait(300, beside(300))

    assert clock.left == pytest.approx(700)


def test_wait_of_less_than_nothing_is_none(hands: Hands) -> None:
    clock = WorkflowClock(scale=1, timeout=10, real=hands)

    clock.wait(-5, hands.sleep)

    assert (hands.now, clock.left) == (1000.0, 10)


def test_execution_without_a_timeout_never_ends(hands: Hands) -> None:
    clock = WorkflowClock(scale=0, real=hands)

    clock.wait(1e9, hands.sleep)

    assert clock.left == math.inf
    assert hands.now == 1000.0
