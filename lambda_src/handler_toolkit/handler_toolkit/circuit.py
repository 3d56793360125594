"""What all instances know of one circuit, and how it changes. No clock, no store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["CLOSED", "HALF_OPEN", "OPEN", "Circuit"]

# pybreaker's names.
CLOSED: Final = "closed"
OPEN: Final = "open"
HALF_OPEN: Final = "half-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """One circuit as the store keeps it. Times are seconds since 1970.

    Attributes:
        state: closed, open or half-open.
        failures: when the failures that count towards opening happened; all within one window.
        since: when it opened last.
        prober: who may probe while it is half-open.
        lease_until: when somebody else may.
        version: how often the store has changed it; a change is made to one version only.
    """

    state: str = CLOSED
    failures: tuple[float, ...] = ()
    since: float = 0.0
    prober: str = ""
    lease_until: float = 0.0
    version: int = 0

    def is_probed_by(self, owner: str) -> bool:
        """Whether `owner` was the last to be given the probe, and has not reported back."""
        return self.state == HALF_OPEN and self.prober == owner

    def probe_due(self, recovery: float) -> float:
        """When the next probe may start: `recovery` after the opening, or when the running probe's lease ends."""
        return self.lease_until if self.state == HALF_OPEN else self.since + recovery

    def failed(self, now: float, *, window: float, threshold: int) -> Circuit:
        """One more failure: open with `threshold` of them within `window` seconds."""
        failures = (*(then for then in self.failures if now - window < then <= now), now)
        if len(failures) < threshold:
            return replace(self, failures=failures)
        return replace(self, state=OPEN, failures=failures, since=now)

    def probing(self, owner: str, until: float) -> Circuit:
        """Half-open, for `owner` alone, `until` the lease ends."""
        return replace(self, state=HALF_OPEN, prober=owner, lease_until=until)

    def reopened(self, now: float) -> Circuit:
        """The probe failed: open for another time of recovery."""
        return replace(self, state=OPEN, since=now, prober="", lease_until=0.0)

    def given_back(self) -> Circuit:
        """The probe told nothing: open as before, and the next probe is due at once."""
        return replace(self, state=OPEN, prober="", lease_until=0.0)

    def closed(self) -> Circuit:
        """The probe succeeded: nothing that was counts any more."""
        return Circuit(version=self.version)
