"""The ledger: what became of everything that was sent, and of what each fault came to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from local_cloud.chaos.claims import Claim, judge
from local_cloud.chaos.facts import Facts
from local_cloud.chaos.faults import CLOCKWORK, Fault

__all__ = ["Entry", "Ledger"]

_LOST = "lost"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One order, file or piece of poison.

    Attributes:
        subject: the order's id, the file's version, or the marker.
        kind: what it was for.
        outcome: what became of it.
        faults: what went wrong with it.
    """

    subject: str
    kind: str
    outcome: str
    faults: Sequence[Fault]


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All entries, and what is claimed of them.

    Attributes:
        entries: one for each order, file and piece of poison.
        clockwork: the faults that came to nothing that was sent: to what looks after the systems.
        claims: what has to hold.
        told_twice: orders that a customer was told of more than once: after a crash between the message and its record
            nobody can know.
    """

    entries: Sequence[Entry]
    clockwork: Sequence[Fault]
    claims: Sequence[Claim]
    told_twice: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether every claim does."""
        return all(claim.holds for claim in self.claims)

    @property
    def outcomes(self) -> Mapping[str, Mapping[str, int]]:
        """How many of each kind had each outcome."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.kind, Counter())[entry.outcome] += 1
        return found

    @property
    def by_fault(self) -> Mapping[str, Mapping[str, int]]:
        """How many faults of each kind came to something with each outcome."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            for fault in entry.faults:
                found.setdefault(fault.kind, Counter())[entry.outcome] += 1
        for fault in self.clockwork:
            found.setdefault(fault.kind, Counter())[CLOCKWORK] += 1
        return found

    def history(self, subject: str) -> Sequence[Fault]:
        """What went wrong with one of them, in the order of time."""
        return next((entry.faults for entry in self.entries if entry.subject == subject), ())

    @classmethod
    def of(cls, facts: Facts) -> "Ledger":
        """The ledger of what was found."""
        faults: dict[str, list[Fault]] = {}
        for fault in facts.faults:
            faults.setdefault(fault.subject, []).append(fault)
        return cls(
            entries=[
                Entry(subject=subject, kind=kind, outcome=outcome, faults=faults.get(subject, ()))
                for subject, kind, outcome in _entries(facts)
            ],
            clockwork=faults.get(CLOCKWORK, ()),
            claims=judge(facts),
            told_twice=sorted(order_id for order_id, count in facts.told.items() if count > 1),
        )


def _entries(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for placed in facts.placed:
        for order_id in placed.order_ids or {placed.order.key}:
            status = facts.end_of(order_id) if placed.order_ids else "not accepted"
            yield order_id, f"order, {placed.order.kind}", status
    for upload in facts.uploaded:
        records = facts.manifest.get(upload.version, ())
        kind = "file, broken" if upload.file.rows is None else "file, good"
        yield upload.version, kind, records[0]["status"] if records else _LOST
    for marker in facts.markers:
        names = [name for name, queue in facts.queues.items() if any(marker in body for body in queue.bodies)]
        parked = any(not facts.queues[name].redriven for name in names)
        yield marker, "poison", "parked" if parked else "dead letter" if names else _LOST
