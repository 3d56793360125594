"""One health checker: it looks at an endpoint from one Region, and has an opinion once it has seen enough."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from local_cloud.health_checks.opinion import Opinion
from local_cloud.health_checks.probe import Observation

Look = Callable[[str], Awaitable[Observation]]
"""Probes the endpoint from a Region."""


@dataclass
class Checker:
    """The checker in one Region: its opinion, and what its probes found."""

    region: str
    opinion: Opinion
    last: Observation | None = None
    checked: float = 0.0
    failure: Observation | None = None
    failed_at: float = 0.0

    def see(self, observation: Observation) -> None:
        """Take in what a probe found."""
        self.last, self.checked = observation, time.time()
        if not observation.healthy:
            self.failure, self.failed_at = observation, self.checked
        self.opinion.see(healthy=observation.healthy)

    async def run(self, look: Look, interval: float, delay: float) -> None:
        """Look again and again, `interval` seconds after each answer."""
        await asyncio.sleep(delay)
        while True:
            self.see(await look(self.region))
            await asyncio.sleep(interval)
