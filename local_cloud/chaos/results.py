"""What one run found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.chaos.ledger import Ledger
from local_cloud.chaos.settling import Redriven

__all__ = ["Ran"]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run.

    Attributes:
        seed: what it followed from.
        orders: how many orders were placed.
        files: how many files were uploaded.
        ledger: what became of them.
        redriven: what the redrive did.
        queues: how many messages each queue of failed ones has had at once, where it had any.
        seconds: how long each part took.
    """

    seed: int
    orders: int
    files: int
    ledger: Ledger
    redriven: Sequence[Redriven]
    queues: Mapping[str, int]
    seconds: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """All figures."""
        ledger = self.ledger
        return {
            "seed": self.seed,
            "orders": self.orders,
            "files": self.files,
            "held": ledger.holds,
            "outcomes": ledger.outcomes,
            "faults": ledger.by_fault,
            "told_twice": ledger.told_twice,
            "claims": {claim.text: [list(breach) for breach in claim.breaches] for claim in ledger.claims},
            "histories": {
                subject: [
                    f"{fault.handler} {fault.kind} {fault.attempt}" for fault in ledger.history(subject)
                ]
                for claim in ledger.claims
                for subject, _ in claim.breaches
            },
            "redriven": [
                {"queue": each.queue, "outcomes": each.outcomes, "error": each.error}
                for each in self.redriven
                if each.outcomes or each.error
            ],
            "queues": self.queues,
            "seconds": self.seconds,
        }
