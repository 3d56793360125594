"""Latencies, log-normal as those of services are, and the few samples that stand for many."""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.samples import Floats, Integers, Samples

__all__ = ["KEPT", "Latency", "latency_samples"]

_TOP = 6
_EDGES = np.array([0, 0.1, 0.25, 0.45, 0.55, 0.72, 0.78, 0.88, 0.92, 0.94, 0.96, 0.985, 0.995, 1.0])
KEPT = _TOP + len(_EDGES) - 1
"""At most so many samples of a minute are kept.

A minute with no more has each of its samples. Of more, the largest six are kept as they were drawn, and one stands
for each of thirteen ranges of rank below them, with the weight of its range. The p99 of up to 600 requests a minute
is so that of all of them. In a minute of many more, what is found for p50, p75, p90, p95 and p99 is the latency of a
request whose rank is off by at most 5, 3, 2, 1 and 0.5 % of the requests, to either side alike.
"""

_P99 = NormalDist().inv_cdf(0.99)


@dataclass(frozen=True, kw_only=True)
class Latency:
    """How long requests take, log-normal.

    Attributes:
        p50: half of them take no longer, in milliseconds.
        p99: all but one in a hundred take no longer, in milliseconds.
    """

    p50: float
    p99: float

    def __post_init__(self) -> None:
        """Check that the slow ones are not faster than half of all.

        Raises:
            TimelineError: they are.
        """
        if not 0 < self.p50 <= self.p99:
            raise TimelineError(f"Latency: p50 is {self.p50} and p99 {self.p99}. Give 0 < p50 <= p99.")


def latency_samples(rng: np.random.Generator, counts: Integers, latency: Latency, slower: Floats) -> Samples:
    """The latencies of so many requests each minute, `slower` times as long; hundredths of milliseconds."""
    few = np.flatnonzero(counts <= KEPT)
    many = np.flatnonzero(counts > KEPT)
    few_rows = np.repeat(few, counts[few])
    few_logits = rng.logistic(size=len(few_rows))
    many_logits, many_weights = _stand_ins(rng, counts[many])
    some = many_weights > 0
    rows = np.concatenate((few_rows, np.repeat(many, some.sum(axis=1))))
    weights = np.concatenate((np.ones(len(few_rows)), many_weights[some]))
    normal = _normal_of(np.concatenate((few_logits, many_logits[some])))
    spread = np.log(latency.p99 / latency.p50) / _P99
    values = latency.p50 * np.exp(spread * normal) * slower[rows]
    return Samples.gathered(len(counts), rows, np.round(values, 2), weights)


def _stand_ins(rng: np.random.Generator, counts: Integers) -> tuple[Floats, Floats]:
    """For each minute the logits of the ranks that are kept, and their weights: 0 for one that is not.

    The logit of a uniform number is a logistic one, and the negative of its logarithm an exponential one. The
    largest of n uniform numbers is V ** (1 / n), the next that times V ** (1 / (n - 1)), and so on.
    """
    left = counts[:, None] - np.arange(_TOP)
    top = -np.cumsum(rng.standard_exponential((len(counts), _TOP)) / left, axis=1)
    rest = counts[:, None] - float(_TOP)
    edges = np.minimum(_EDGES * counts[:, None], rest)
    widths = np.diff(edges, axis=1)
    picked = edges[:, :-1] + widths * (1 - rng.random(widths.shape))
    ranks = np.exp(top[:, -1:]) * picked / rest
    logits = np.concatenate((top - np.log(-np.expm1(top)), np.log(ranks) - np.log1p(-ranks)), axis=1)
    weights = np.concatenate((np.ones_like(top), widths), axis=1)
    return logits, weights


def _normal_of(logits: Floats) -> Floats:
    """The normal quantiles of ranks that are told as logits."""
    grid, quantiles = _table()
    return np.interp(logits, grid, quantiles)


@cache
def _table() -> tuple[Floats, Floats]:
    """Quantiles on a grid so fine that what lies between is off by less than a millionth."""
    grid = np.linspace(-30, 30, 6001)
    upper = [-NormalDist().inv_cdf(float(tail)) for tail in 1 / (1 + np.exp(grid[grid >= 0]))]
    return grid, np.concatenate((-np.array(upper[:0:-1]), upper))
