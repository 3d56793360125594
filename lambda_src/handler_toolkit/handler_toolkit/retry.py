"""Retries that know which failures pass, how long to wait, and when the invocation ends."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import tenacity

from handler_toolkit.budget import BudgetExpiredError, current_budget
from handler_toolkit.failures import CircuitOpenError, Failure, classify, retry_after

__all__ = ["Retry"]

P = ParamSpec("P")
R = TypeVar("R")

_logger: Final = logging.getLogger(__name__)


class Retry:
    """Calls again what failed for a reason that passes: with full jitter, and never past the time budget.

    ``Retry().call(function, *args)`` and ``@Retry()`` do the same. The last error is raised as it is. A permanent
    failure and an open circuit breaker are never tried again here. A wait that the current `TimeBudget` has no
    room for is not begun: the error is raised while there is time to report it.
    """

    def __init__(
        self,
        *,
        attempts: int = 3,
        base: float = 0.1,
        cap: float = 5.0,
        classify: Callable[[BaseException], Failure] = classify,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Say how often and how patiently.

        Args:
            attempts: calls in all. Left out, the first and two more.
            base: seconds that the first wait is at most; each further one may be twice as long. A throttled
                call waits as if it were two attempts later. Left out, a tenth of a second.
            cap: seconds that no wait is longer than. If the service itself asks for more, the call is not tried
                again here. Left out, five.
            classify: tells what passes. Left out, `handler_toolkit.classify`.
            sleep: waits. Left out, `time.sleep`.
        """
        self._attempts = attempts
        self._base = base
        self._cap = cap
        self._classify = classify
        self._sleep = sleep
        self._jitter = tenacity.wait_random_exponential(multiplier=base, max=cap)
        self._patient_jitter = tenacity.wait_random_exponential(multiplier=4 * base, max=cap)
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._passes),
            stop=self._stops,
            wait=self._waits,
            sleep=self._sleep,
            before_sleep=_tell,
            reraise=True,
        )

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call `function` until it answers, fails for good, or there are no attempts or time left."""
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not self._passes(error):
                raise
            failed = [error]

        def attempt() -> R:  # tenacity is asked only when there is something to retry: success pays nothing
            if failed:
                raise failed.pop()
            return function(*args, **kwargs)

        return self._retrying(attempt)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function`, so that each of its calls is retried."""

        @functools.wraps(function)
        def retried(*args: P.args, **kwargs: P.kwargs) -> R:
            return self.call(function, *args, **kwargs)

        return retried

    def pause(self, error: BaseException, attempt: int) -> float | None:
        """Seconds to wait after `error` ended this attempt (the first is 1); None if there is to be no other.

        For callers that have a loop of their own, as botocore has.
        """
        state = tenacity.RetryCallState(self._retrying, None, (), {})
        state.attempt_number = attempt
        state.set_exception((type(error), error, error.__traceback__))
        if not self._passes(error):
            return None
        state.upcoming_sleep = self._waits(state)
        return None if self._stops(state) else state.upcoming_sleep

    def _passes(self, error: BaseException) -> bool:
        if isinstance(error, CircuitOpenError | BudgetExpiredError) or not isinstance(error, Exception):
            return False
        return self._classify(error) is not Failure.PERMANENT

    def _waits(self, state: tenacity.RetryCallState) -> float:
        """Full jitter, or what the service asks for with the jitter on top.

        https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        """
        error = _error(state)
        throttled = self._classify(error) is Failure.THROTTLED
        jitter = (self._patient_jitter if throttled else self._jitter)(state)
        return (retry_after(error) or 0.0) + jitter

    def _stops(self, state: tenacity.RetryCallState) -> bool:
        if state.attempt_number >= self._attempts or (retry_after(_error(state)) or 0.0) > self._cap:
            return True
        budget = current_budget()
        return budget is not None and state.upcoming_sleep >= budget.remaining()


def _error(state: tenacity.RetryCallState) -> BaseException:
    outcome = state.outcome
    error = outcome.exception() if outcome else None
    if error is None:  # tenacity asks about failures only
        raise RuntimeError("There is no failed attempt to judge.")
    return error


def _tell(state: tenacity.RetryCallState) -> None:
    _logger.info(
        "Attempt %d failed with %s; trying again in %.2f s.",
        state.attempt_number,
        type(_error(state)).__name__,
        state.upcoming_sleep,
    )
