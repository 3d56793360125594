"""pybreaker's storage on a shared circuit: each instance sees the state that it may act on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

import pybreaker

from handler_toolkit.breaker_store import BreakerStore
from handler_toolkit.circuit import CLOSED, HALF_OPEN, OPEN, Circuit
from handler_toolkit.counting import count
from handler_toolkit.failures import CircuitOpenError

__all__ = ["SharedStorage"]

_logger: Final = logging.getLogger(__name__)
# Whoever loses this often against others that change the circuit at the same time can rely on their news.
_TRIES: Final = 3


class SharedStorage(pybreaker.CircuitBreakerStorage):
    """What one instance (a thread of an execution environment) sees of a circuit, and does to it.

    pybreaker asks for the state and sets it, and knows nothing of other instances. So half-open is only ever told
    to the one that holds the probe; all others see open. Taking the probe is a conditional write that happens when
    pybreaker sets half-open, and who loses it raises `CircuitOpenError` from there. docs/decisions/shared_breaker.md
    says more.
    """

    def __init__(
        self,
        name: str,
        store: BreakerStore,
        *,
        owner: str,
        failures: int,
        window: float,
        recovery: float,
        lease: float,
        refresh: float,
        clock: Callable[[], float],
    ) -> None:
        """See the circuit `name` of `store` as `owner`; `CircuitBreaker` explains the figures."""
        super().__init__(name)
        self._store = store
        self._owner = owner
        self._threshold = failures
        self._window = window
        self._recovery = recovery
        self._lease = lease
        self._refresh = refresh
        self._clock = clock
        self._circuit = Circuit()
        self._fresh_until = float("-inf")
        self._blind_until = float("-inf")
        self._failures = 0
        self._successes = 0

    @property
    def state(self) -> str:
        """Closed, half-open for the one that probes, open for everybody else."""
        now = self._clock()
        if now >= self._fresh_until and now >= self._blind_until:
            self._attempt(self._look)
        if self._blind or self._circuit.state == CLOSED:
            return CLOSED
        return HALF_OPEN if self._probing and now < self._circuit.lease_until else OPEN

    @state.setter
    def state(self, state: str) -> None:
        change = {HALF_OPEN: self._take_probe, OPEN: self._reopen, CLOSED: self._close}[state]
        self._attempt(change)

    @property
    def opened_at(self) -> datetime | None:
        """None, with which pybreaker begins a probe. While it is too early for one, `CircuitOpenError` is raised."""
        self._refuse_until(self._circuit.probe_due(self._recovery))
        return None

    @opened_at.setter
    def opened_at(self, _: datetime) -> None:
        """Is kept with the state, by the store's clock and in one write."""

    def increment_counter(self) -> None:
        """Count a failure for all instances; the one that makes it enough opens the circuit."""
        self._failures = 0
        self._attempt(self._count_failure)

    def reset_counter(self) -> None:
        """A success changes nothing: failures stop counting when the window has passed, not before."""

    @property
    def counter(self) -> int:
        """Failures in the window, as of the last one counted here."""
        return self._failures

    def increment_success_counter(self) -> None:
        """Note that the probe succeeded."""
        self._successes += self._probing

    def reset_success_counter(self) -> None:
        """Forget earlier probes."""
        self._successes = 0

    @property
    def success_counter(self) -> int:
        """Successful probes since the circuit was half-open."""
        return self._successes

    def nothing_learnt(self) -> None:
        """The call ended before it could tell anything: leave the probe to the next call, of whichever instance."""
        self._attempt(lambda: self._change(lambda circuit: circuit.given_back()) if self._probing else None)

    @property
    def _blind(self) -> bool:
        return self._clock() < self._blind_until

    @property
    def _probing(self) -> bool:
        return self._circuit.is_probed_by(self._owner)

    def _take_probe(self) -> None:
        for _ in range(_TRIES):
            circuit = self._look()
            if circuit.state == CLOSED or (self._probing and self._clock() < circuit.lease_until):
                return
            self._refuse_until(circuit.probe_due(self._recovery))
            probing = circuit.probing(self._owner, self._clock() + self._lease)
            if self._store.swap(self.name, circuit, probing):
                self._look()
                return
        self._refuse_until(self._clock() + self._refresh)

    def _count_failure(self) -> None:
        for _ in range(_TRIES):
            circuit = self._look()
            if circuit.state != CLOSED:
                return  # a call that began before it opened
            failed = circuit.failed(self._clock(), window=self._window, threshold=self._threshold)
            if self._store.swap(self.name, circuit, failed):
                self._keep(failed, circuit.version + 1)
                self._failures = len(failed.failures)
                if failed.state == OPEN:
                    self._tell("CircuitOpened", "The circuit breaker %s opens.")
                return

    def _reopen(self) -> None:
        """Only a failed probe opens here: counting failures did the other case."""
        if self._change(lambda circuit: circuit.reopened(self._clock())):
            self._tell("CircuitOpened", "The probe failed: the circuit breaker %s stays open.")

    def _close(self) -> None:
        if self._change(Circuit.closed):
            self._tell("CircuitClosed", "The probe succeeded: the circuit breaker %s closes.")

    def _change(self, ended: Callable[[Circuit], Circuit]) -> bool:
        """End the probe of this instance, unless another has taken it over."""
        circuit = self._look()
        if not self._probing:
            return False
        new = ended(circuit)
        changed = self._store.swap(self.name, circuit, new)
        if changed:
            self._keep(new, circuit.version + 1)
        return changed

    def _refuse_until(self, due: float) -> None:
        if (wait := due - self._clock()) > 0:
            raise CircuitOpenError(self.name, wait)

    def _look(self) -> Circuit:
        circuit = self._store.read(self.name)
        self._keep(circuit, circuit.version)
        return circuit

    def _keep(self, circuit: Circuit, version: int) -> None:
        self._circuit = replace(circuit, version=version)
        self._fresh_until = self._clock() + self._refresh

    def _attempt(self, action: Callable[[], object]) -> None:
        """Do it with the store, unless the store fails: then every call goes through, for a while."""
        if self._blind:
            return
        try:
            action()
        except CircuitOpenError:
            raise
        except Exception:
            self._blind_until = self._clock() + self._refresh
            self._fresh_until = float("-inf")
            count("CircuitStoreUnavailable", breaker=self.name)
            _logger.exception("The circuit breaker %s cannot use its store: calls go through.", self.name)

    def _tell(self, metric: str, text: str) -> None:
        count(metric, breaker=self.name)
        _logger.warning(text, self.name)
