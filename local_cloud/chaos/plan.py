"""What will happen in one run: it follows from a seed and a size, and from nothing else."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.chaos.files import PlannedFile, plan_files
from local_cloud.chaos.orders import PlannedOrder, plan_orders
from local_cloud.chaos.poison import Poison, plan_poison
from local_cloud.chaos.rules import FUNCTIONS, Outage, fault_rules

__all__ = ["Plan"]

_LONG = 100
"""Orders: shorter runs are over before a circuit breaker has closed again."""
_VERY_LONG = 1000
_TOPIC_GONE = 6.0
_KILLS = 4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One run.

    Attributes:
        seed: what it follows from.
        name: what keys and markers begin with.
        orders: the orders, in their order.
        files: the uploads, in their order.
        poison: what nobody can process, and after which share of the orders it is put into its place.
        rules: the faults of functions.
        outages: those of them that last for a while.
        topic_gone: when the topic of confirmations is gone: after which share of the orders, and for how many seconds;
            None for never.
        kills: after which shares of the orders a process of a function is killed.
        redrives: after which shares of the orders all dead letters are re-driven by two runs at once.
    """

    seed: int
    name: str
    orders: Sequence[PlannedOrder]
    files: Sequence[PlannedFile]
    poison: Sequence[tuple[float, Poison]]
    rules: Sequence[Mapping[str, Any]]
    outages: Sequence[Outage]
    topic_gone: tuple[float, float] | None
    kills: Sequence[float]
    redrives: Sequence[float]

    @property
    def outages_end(self) -> float:
        """Seconds after the beginning at which the last outage is over."""
        return max((outage.end for outage in self.outages), default=0.0)

    @property
    def rules_for_the_clock(self) -> Sequence[Mapping[str, Any]]:
        """The faults of what looks after the systems: it works only when the others are over."""
        return [rule for rule in self.rules if rule["function"] == FUNCTIONS["check_orders"]]

    @classmethod
    def make(cls, seed: int, *, orders: int, files: int, turn: int = 0) -> "Plan":
        """The run of a seed.

        Args:
            seed: any number.
            orders: how many orders.
            files: how many uploads.
            turn: how often this seed was run before on the same deployment, where names are used once.
        """
        chance = random.Random(seed)  # noqa: S311 - a plan, no secret
        name = f"chaos-{seed}-{turn}"
        outages = _outages(orders, files)
        return cls(
            seed=seed,
            name=name,
            orders=plan_orders(chance, orders, name),
            files=plan_files(chance, files, name),
            poison=[(chance.uniform(0, 0.5), each) for each in plan_poison(name)],
            rules=fault_rules(orders, files, outages),
            outages=outages,
            topic_gone=(chance.uniform(0.2, 0.5), _TOPIC_GONE if orders >= _LONG else _TOPIC_GONE / 2),
            kills=sorted(chance.random() for _ in range(_KILLS)),
            redrives=[chance.uniform(0.7, 0.9)] if orders >= _LONG else [],
        )


def _outages(orders: int, files: int) -> Sequence[Outage]:
    """Each longer than what tries again by itself takes, where a run is long enough."""
    found = [Outage(handler="ingest_file", kind="error", begin=0, end=5)] if files else []
    if orders >= _LONG:
        found += [
            Outage(handler="payment_sandbox", kind="error", begin=5, end=9),
            Outage(handler="fulfil_order", kind="error", begin=45, end=63),
        ]
    if orders >= _VERY_LONG:
        found.append(Outage(handler="payment_sandbox", kind="time_out", begin=90, end=98))
    return found
