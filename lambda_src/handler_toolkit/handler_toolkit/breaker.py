"""A circuit breaker whose state all instances of all functions share."""

import functools
import threading
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar
from uuid import uuid4

import pybreaker

from handler_toolkit.breaker_storage import SharedStorage
from handler_toolkit.breaker_store import BreakerStore
from handler_toolkit.budget import BudgetExpiredError
from handler_toolkit.failures import CircuitOpenError, Failure, classify

__all__ = ["CircuitBreaker"]

P = ParamSpec("P")
R = TypeVar("R")

# The call did not reach the dependency, so it says nothing about it.
_TELL_NOTHING: Final = (BudgetExpiredError, CircuitOpenError)


class CircuitBreaker:
    """Stops calling a dependency that is down, for every instance at once, and lets one of them try again.

    ``breaker.call(function, *args)`` and ``@breaker`` do the same. While the circuit is open they raise
    `CircuitOpenError` and call nothing. A permanent failure is an answer, so it never opens the circuit, and it
    closes a half-open one. If the store cannot be reached, every call goes through: `CircuitStoreUnavailable` is
    counted and the error is logged. Put `Retry` outside of the breaker, so that each attempt counts.
    """

    def __init__(
        self,
        name: str,
        store: BreakerStore,
        *,
        failures: int = 5,
        window: float = 60.0,
        recovery: float = 30.0,
        lease: float = 30.0,
        refresh: float = 1.0,
        classify: Callable[[BaseException], Failure] = classify,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Guard one dependency.

        Args:
            name: the dependency's; breakers of one name and store share their state.
            store: where they share it.
            failures: how many, of all instances together, open the circuit. Left out, five.
            window: the seconds within which they happen. Left out, a minute.
            recovery: seconds from the opening to the first probe. Left out, half a minute.
            lease: seconds that a probe may take. If the instance that probes dies, another one may probe after
                them; a call that takes longer may meet a second probe. Left out, half a minute.
            refresh: seconds that an instance relies on what it read last. It is how late an instance may notice
                that others opened or closed the circuit, and how long it lets calls through unseen when the store
                fails. Left out, one: at most one read a second for each busy instance.
            classify: tells permanent failures. Left out, `handler_toolkit.classify`.
            clock: seconds since 1970, on every instance alike. Left out, `time.time`.
        """
        self.name = name
        self._classify = classify
        self._failures = failures
        self._new_storage: Callable[[], SharedStorage] = lambda: SharedStorage(
            name,
            store,
            owner=uuid4().hex,
            failures=failures,
            window=window,
            recovery=recovery,
            lease=lease,
            refresh=refresh,
            clock=clock,
        )
        # pybreaker holds a lock while it calls, so each thread has its own, and its own place in the queue to probe.
        self._of_thread = threading.local()

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call `function` if the circuit lets it.

        Raises:
            CircuitOpenError: it does not; `function` was not called.
        """
        answer: R = self._breaker.call(function, *args, **kwargs)
        return answer

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function`, so that each of its calls is guarded."""

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            return self.call(function, *args, **kwargs)

        return guarded

    @property
    def state(self) -> str:
        """As this instance sees it: "closed", "open" or, for the one that probes, "half-open"."""
        state: str = self._breaker.current_state
        return state

    @property
    def _breaker(self) -> pybreaker.CircuitBreaker:
        breaker: pybreaker.CircuitBreaker | None = getattr(self._of_thread, "breaker", None)
        if breaker is None:
            storage = self._new_storage()
            breaker = pybreaker.CircuitBreaker(
                fail_max=self._failures,
                reset_timeout=0,  # the storage knows when a probe is due, by the shared clock
                exclude=[lambda error: self._is_no_failure(error, storage)],
                state_storage=storage,
                name=self.name,
                throw_new_error_on_trip=False,
            )
            self._of_thread.breaker = breaker
        return breaker

    def _is_no_failure(self, error: BaseException, storage: SharedStorage) -> bool:
        if isinstance(error, _TELL_NOTHING):
            storage.nothing_learnt()
            return True
        return isinstance(error, Exception) and self._classify(error) is Failure.PERMANENT
