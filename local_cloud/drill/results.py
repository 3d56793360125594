"""What is drilled, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from local_cloud.drill.attempts import Attempt
from local_cloud.drill.checks import Check
from local_cloud.drill.evidence import Divergence, Evidence
from local_cloud.drill.figures import Figures, Phases
from local_cloud.drill.plan import Plan
from local_cloud.drill.site import Consistency
from local_cloud.drill.watch import Confirmation, Notice

__all__ = ["Drilled", "FaultRun", "Order"]

_CALM_SECONDS, _LEAST_CALM_SECONDS = 15.0, 4.0


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to drill.

    Attributes:
        consistency: of the tables.
        faults: the names of the faults, in their order.
        runs: how often each.
        lag: seconds that a write takes to the other Region where the tables are eventually consistent.
        speed: how many seconds of the health checks' interval and of the TTL pass in one.
        clients: how many place orders at the same time.
    """

    consistency: Consistency
    faults: Sequence[str]
    runs: int = 1
    lag: float = 5.0
    speed: float = 1.0
    clients: int = 8

    @property
    def strong(self) -> bool:
        """Whether a write is in both Regions before it is answered."""
        return self.consistency == "strong"

    @property
    def calm(self) -> float:
        """Seconds of traffic before the fault, and again once the standby serves."""
        return max(_LEAST_CALM_SECONDS, _CALM_SECONDS / self.speed)


@dataclass(frozen=True, kw_only=True)
class FaultRun:
    """One fault, drilled once.

    Attributes:
        phases: when what was done.
        figures: what users saw.
        divergence: how far the Regions were apart.
        evidence: what became of the orders; known in the end.
    """

    phases: Phases
    figures: Figures
    divergence: Divergence
    evidence: Evidence | None = None


@dataclass(kw_only=True)
class Drilled:
    """What a drill found.

    Attributes:
        order: what was drilled.
        plan: what the app itself says of a failover.
        runs: one a fault and run.
        attempts: every request.
        notices: what alarms said.
        evidence: what became of all orders.
        confirmations: what customers were told.
        resent: ids of orders whose confirmation was kept as a dead letter, and sent again in the end.
        checks: what had to hold.
    """

    order: Order
    plan: Plan
    runs: list[FaultRun] = field(default_factory=list)
    attempts: Sequence[Attempt] = ()
    notices: Sequence[Notice] = ()
    evidence: Evidence | None = None
    confirmations: Sequence[Confirmation] = ()
    resent: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether everything did."""
        return all(each.held for each in self.checks)
