"""Every health check as it is watched: its checkers, and what else is known of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.replay.evaluation import State
from local_cloud import isolation
from local_cloud.health_checks.checker import Checker
from local_cloud.health_checks.config import HealthCheck
from local_cloud.health_checks.opinion import Opinion


@dataclass
class Watched:
    """One health check, from its creation or last update to the next.

    `alarm` has the settings of the alarm that it follows, `state` what the alarm's data stand for, `last_known` the
    last status that they gave.
    """

    account: str
    identifier: str
    version: int
    check: HealthCheck
    alarm: dict[str, Any] | None = None
    state: State = "INSUFFICIENT_DATA"
    last_known: bool | None = None
    published: tuple[float, ...] = ()
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    checkers: list[Checker] = field(init=False)

    def __post_init__(self) -> None:
        self.checkers = [Checker(region, Opinion(self.check.threshold)) for region in self.check.regions]

    def opinions(self) -> list[bool]:
        """What the checkers say that can say something."""
        return [checker.opinion.healthy for checker in self.checkers if not isolation.mode_of(checker.region)]

    def carry_over(self, old: "Watched") -> None:
        """Keep what was known before an update, of the checkers that are still asked."""
        before = {checker.region: checker for checker in old.checkers}
        for checker in self.checkers:
            if checker.region in before:
                checker.opinion.healthy = before[checker.region].opinion.healthy
        self.state, self.last_known, self.published = old.state, old.last_known, old.published

    def end(self) -> None:
        """Stop probing."""
        for task in self.tasks:
            task.cancel()


registry: dict[tuple[str, str], Watched] = {}
"""By account and id."""


def find(account: str, identifier: str) -> Watched | None:
    """A health check as it is watched; None shortly after it was made, and when there is none."""
    return registry.get((account, identifier))
