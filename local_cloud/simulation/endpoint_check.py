"""A health check on an endpoint, on the virtual clock: checkers that probe, and the real opinions and 18 % rule."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from local_cloud.health_checks import status
from local_cloud.health_checks.config import HealthCheck
from local_cloud.health_checks.opinion import Opinion
from local_cloud.simulation.chance import Of, unit
from local_cloud.simulation.clock import Clock

Look = Callable[[str], tuple[bool, float]]
"""What a checker of a Region sees now, and after how many seconds; no seconds for an answer at once."""

_FARTHEST = 1.5
"""Seconds that a request takes to the farthest endpoint and back."""


@dataclass
class _Checker:
    region: str
    number: int
    opinion: Opinion
    travel: float
    probe: int = 0
    begun: float = 0.0
    rests: float | None = None
    """Where every probe finds the same: from one to the next, in seconds."""


class EndpointCheck:
    """Probes an endpoint from every Region with checkers.

    A checker whose opinion is what it sees need not be simulated until something changes: `disturb` it then.
    """

    def __init__(
        self,
        clock: Clock,
        check: HealthCheck,
        *,
        look: Look,
        noise: Callable[[], float],
        seed: int,
        rests: bool,
    ) -> None:
        """Probe what `look` sees; of the probes the share `noise` says the wrong thing."""
        self._clock, self._check, self._look, self._noise = clock, check, look, noise
        self._seed, self._rests = seed, rests
        self.changed: Callable[[], None] = lambda: None
        self._checkers = [
            _Checker(region, number, Opinion(check.threshold), _FARTHEST * unit(seed, Of.DELAY, number))
            for number, region in enumerate(check.regions)
        ]
        for checker in self._checkers:
            clock.at(check.interval * unit(seed, Of.PHASE, checker.number), self._probe, checker)

    def is_healthy(self, silent: frozenset[str]) -> bool:
        """Its status without the checkers of Regions that are gone."""
        opinions = [each.opinion.healthy for each in self._checkers if each.region not in silent]
        return status.status(self._check, lambda: status.endpoint_is_healthy(opinions))

    def disturb(self) -> None:
        """What the checkers see may have changed."""
        for checker in self._checkers:
            if checker.rests is not None:
                skipped = max(1, math.ceil((self._clock.now - checker.begun) / checker.rests))
                checker.probe += skipped - 1
                self._clock.at(checker.begun + skipped * checker.rests, self._probe, checker)
                checker.rests = None

    def _probe(self, checker: _Checker) -> None:
        checker.begun, checker.probe = self._clock.now, checker.probe + 1
        healthy, took = self._look(checker.region)
        noise = self._noise()
        if noise and unit(self._seed, Of.NOISE, checker.number, checker.probe) < noise:
            healthy, took = not healthy, 0.0
        answered = checker.begun + (took or checker.travel)
        self._clock.at(answered, self._answered, checker, healthy, noise)

    def _answered(self, checker: _Checker, healthy: bool, noise: float) -> None:  # noqa: FBT001 - what was seen
        changed = checker.opinion.see(healthy=healthy)
        due = self._clock.now + self._check.interval
        settled = checker.opinion.is_settled and checker.opinion.healthy == healthy
        # What was seen at the beginning of the probe may be over at its end.
        steady = not noise and self._look(checker.region)[0] == healthy and not self._noise()
        if self._rests and settled and steady:
            checker.rests = due - checker.begun
        else:
            self._clock.at(due, self._probe, checker)
        if changed:
            self.changed()
