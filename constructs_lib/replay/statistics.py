"""CloudWatch's statistics of the samples in many windows at once.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Statistic", "StatisticError", "parse_statistic"]

Floats = NDArray[np.float64]

_BASIC: Final = {name.lower(): name for name in ("Sum", "Average", "Minimum", "Maximum", "SampleCount")}
_PERCENTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)", re.IGNORECASE)
_ONE_BOUND: Final = re.compile(r"(tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)", re.IGNORECASE)
_NUMBER: Final = r"(-?\d+(?:\.\d+)?)(%?)"
_TWO_BOUNDS: Final = re.compile(rf"(TM|WM|TC|TS|PR)\((?:{_NUMBER})?:(?:{_NUMBER})?\)", re.IGNORECASE)
_HUNDRED: Final = 100.0


class StatisticError(ValueError):
    """A statistic that CloudWatch does not have."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """One end of what a statistic takes: so many percent of the samples, or a value."""

    value: float
    percent: bool

    def below(self, samples: Floats, weights: Floats, total: Floats, rounded: Callable[[Any], Any]) -> Floats:
        """How many observations of each window lie below it, it included."""
        if not self.percent:
            return np.asarray(np.where(samples <= self.value, weights, 0.0).sum(axis=1))
        # So that 99 % of 100 are 99 and not, by the last bit, 100.
        return np.asarray(rounded(np.round(total * self.value / _HUNDRED, 9)))


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """One way to make a number of the samples in a window.

    Attributes:
        name: as CloudWatch writes it.
        kind: ``p``, ``TM``, ``WM``, ``TC``, ``TS`` or ``PR``; or the name of a basic statistic.
        low: below what samples are left out; None for nothing.
        high: above what samples are left out; None for nothing.
    """

    name: str
    kind: str
    low: Bound | None = None
    high: Bound | None = None

    @property
    def basic(self) -> bool:
        """Whether it needs no single samples."""
        return self.kind in _BASIC.values()

    @property
    def least_samples(self) -> float:
        """With how many samples a percentile means something, as CloudWatch's documentation of alarms has it.

        10 / (1 - percentile) of those from 0.5, and 10 / percentile of those below:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
        """
        if self.kind != "p" or self.high is None:
            return 0.0
        share = self.high.value / _HUNDRED
        tail = round(1 - share if share >= 0.5 else share, 12)  # noqa: PLR2004 - the documented formula
        return 10 / tail if tail else float("inf")

    def of(self, samples: Floats, weights: Floats) -> Floats:
        """The statistic of each window.

        Args:
            samples: the sorted samples of a window in each row, and NaN behind the last one.
            weights: how many observations each sample stands for, and 0 behind the last one.

        Returns:
            NaN where a window has no samples, or all are left out.
        """
        upto = np.cumsum(weights, axis=1)
        total = upto[:, -1]
        low = np.zeros_like(total) if self.low is None else self.low.below(samples, weights, total, np.floor)
        high = total if self.high is None else self.high.below(samples, weights, total, np.ceil)
        taken = np.maximum(np.minimum(upto, high[:, None]) - np.maximum(upto - weights, low[:, None]), 0.0)
        window = _Window(self, samples, upto, total, low, high, taken)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(total > 0, _KINDS[self.kind](window), np.nan)


@dataclass(frozen=True)
class _Window:
    """The samples of many windows, of which those ranked from `low` to `high` are taken.

    Attributes:
        statistic: what is computed.
        samples: sorted.
        upto: how many observations there are up to each sample, it included.
        total: how many observations there are.
        low: how many of them are left out below.
        high: up to which rank they are taken.
        taken: how many observations of each sample are taken.
    """

    statistic: Statistic
    samples: Floats
    upto: Floats
    total: Floats
    low: Floats
    high: Floats
    taken: Floats

    @property
    def count(self) -> Floats:
        """How many observations are taken."""
        return np.asarray(self.taken.sum(axis=1))

    @property
    def sum(self) -> Floats:
        """Their sum."""
        return np.asarray(np.where(self.taken > 0, self.samples * self.taken, 0.0).sum(axis=1))

    def at(self, rank: Floats) -> Floats:
        """The observation of this rank, from 1 on."""
        index = np.argmax(self.upto >= rank[:, None], axis=1)
        return np.asarray(np.take_along_axis(self.samples, index[:, None], axis=1)[:, 0])

    def edge(self, bound: Bound | None, rank: Floats) -> Floats:
        """What the observations beyond a bound count as."""
        return self.at(rank) if bound is None or bound.percent else np.full(len(rank), bound.value)


def _percentile(window: _Window) -> Floats:
    return window.at(np.maximum(window.high, 1.0))


def _trimmed_mean(window: _Window) -> Floats:
    return window.sum / window.count


def _winsorized_mean(window: _Window) -> Floats:
    """What is left out counts as the value at the edge."""
    below = window.edge(window.statistic.low, window.low + 1)
    above = window.edge(window.statistic.high, np.maximum(window.high, 1.0))
    return (window.sum + window.low * below + (window.total - window.high) * above) / window.total


def _trimmed_count(window: _Window) -> Floats:
    return window.count


def _trimmed_sum(window: _Window) -> Floats:
    return window.sum


def _percentile_rank(window: _Window) -> Floats:
    return _HUNDRED * window.count / window.total


_KINDS: Final[Mapping[str, Callable[[_Window], Floats]]] = {
    "p": _percentile,
    "TM": _trimmed_mean,
    "WM": _winsorized_mean,
    "TC": _trimmed_count,
    "TS": _trimmed_sum,
    "PR": _percentile_rank,
}


@cache
def parse_statistic(text: str) -> Statistic:
    """The statistic that `text` names, such as ``Sum``, ``p99.9``, ``tm90``, ``TM(10%:90%)``, ``PR(:300)``, ``IQM``.

    Raises:
        StatisticError: there is no such statistic.
    """
    if text.lower() in _BASIC:
        name = _BASIC[text.lower()]
        return Statistic(name=name, kind=name)
    if text.lower() == "iqm":
        return Statistic(name=text, kind="TM", low=_percent(25), high=_percent(75))
    if (found := _PERCENTILE.fullmatch(text)) and float(found[1]) <= _HUNDRED:
        return Statistic(name=text, kind="p", high=_percent(float(found[1])))
    if (found := _ONE_BOUND.fullmatch(text)) and float(found[2]) <= _HUNDRED:
        return Statistic(name=text, kind=found[1].upper(), high=_percent(float(found[2])))
    if (found := _TWO_BOUNDS.fullmatch(text)) and (found[2] or found[4]):
        low, high = (
            Bound(value=float(value), percent=bool(percent)) if value else None
            for value, percent in ((found[2], found[3]), (found[4], found[5]))
        )
        return Statistic(name=text, kind=found[1].upper(), low=low, high=high)
    raise StatisticError(
        f"{text!r} is no statistic of CloudWatch: give Sum, p99, TM(10%:90%), or another of them."
    )


def _percent(value: float) -> Bound:
    return Bound(value=value, percent=True)
