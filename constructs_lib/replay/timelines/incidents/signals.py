"""How the target of an incident fares, minute by minute, and the chance that decides each minute."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from constructs_lib.replay.timelines.incidents.latency import Latency, latency_samples
from constructs_lib.replay.timelines.samples import Floats, Integers, Samples

__all__ = ["Chance", "Minutes", "Signals"]


@dataclass(frozen=True, eq=False)
class Signals:
    """One element a minute; shapes write to it.

    Attributes:
        load: traffic, as a multiple of the target's.
        failing: the share of requests that fail beyond the usual.
        throttled: the share of requests that are refused.
        slower: latency, as a multiple of the target's.
        stalled: the share of what a consumer can do that it does not.
        extra: further arrivals a minute.
        toward: how far a level has moved, 0 to 1, towards:
        level: another level.
        silent: whether nothing is published.
    """

    load: Floats
    failing: Floats
    throttled: Floats
    slower: Floats
    stalled: Floats
    extra: Floats
    toward: Floats
    level: Floats
    silent: npt.NDArray[np.bool_]

    @classmethod
    def normal(cls, load: Floats) -> "Signals":
        """Nothing but traffic."""
        zeros = {each.name: np.zeros(len(load)) for each in fields(cls)}
        zeros |= {"load": load.copy(), "slower": np.ones(len(load))}
        return cls(**{**zeros, "silent": np.zeros(len(load), dtype=bool)})


@dataclass(frozen=True)
class Chance:
    """Draws numbers for one target: the same ones for the same seed, whatever else happens.

    A minute that an incident does not touch has what it would have without the incident.
    """

    seed: int
    target: str

    def poisson(self, name: str, usual: Floats, now: Floats) -> Integers:
        """How often something happened that is expected so often."""
        return self._drawn(name, lambda rng, mean: rng.poisson(mean), [usual], [now])

    def binomial(self, name: str, usual: tuple[Integers, Floats], now: tuple[Integers, Floats]) -> Integers:
        """Of how many something was true, that is true with this probability."""
        return self._drawn(name, lambda rng, count, share: rng.binomial(count, share), list(usual), list(now))

    def normal(self, name: str, size: int) -> Floats:
        """Standard normal numbers."""
        return self._rng(name, "usual").normal(size=size)

    def latency(
        self, name: str, latency: Latency, usual: tuple[Integers, Floats], now: tuple[Integers, Floats]
    ) -> Samples:
        """The latencies of so many requests, so many times slower."""
        changed = np.any([one != other for one, other in zip(usual, now, strict=True)], axis=0)
        before = latency_samples(self._rng(name, "usual"), usual[0], latency, usual[1])
        if not changed.any():
            return before
        counts = np.where(changed, now[0], 0)
        after = latency_samples(self._rng(name, "changed"), counts, latency, now[1])
        return Samples.together([before.kept(~changed), after])

    def _drawn(self, name: str, draw: Callable[..., Any], usual: list[Any], now: list[Any]) -> Integers:
        found: Integers = draw(self._rng(name, "usual"), *usual)
        changed = np.any([one != other for one, other in zip(usual, now, strict=True)], axis=0)
        if changed.any():
            found[changed] = draw(self._rng(name, "changed"), *(each[changed] for each in now))
        return found

    def _rng(self, name: str, stream: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, crc32(f"{self.target}/{name}/{stream}".encode())])


@dataclass(frozen=True, eq=False)
class Minutes:
    """What a target makes its metrics from.

    Attributes:
        start: Unix time of the first minute.
        usual: how it would fare without an incident.
        now: how it does.
        chance: draws its numbers.
    """

    start: int
    usual: Signals
    now: Signals
    chance: Chance

    def requests(self, name: str, per_minute: float) -> tuple[Integers, Integers]:
        """How many requests there are without and with the incidents."""
        usual, now = self.usual.load * per_minute, self.now.load * per_minute
        return self.chance.poisson(name, usual, usual), self.chance.poisson(name, usual, now)

    def part(
        self, name: str, of: tuple[Integers, Integers], usual: Floats, now: Floats
    ) -> tuple[Integers, Integers]:
        """How many of the requests are so, without and with the incidents."""
        before = self.chance.binomial(name, (of[0], usual), (of[0], usual))
        return before, self.chance.binomial(name, (of[0], usual), (of[1], now))

    def latencies(self, name: str, latency: Latency, of: tuple[Integers, Integers]) -> Samples:
        """How long the requests take."""
        return self.chance.latency(name, latency, (of[0], self.usual.slower), (of[1], self.now.slower))
