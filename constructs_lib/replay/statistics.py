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
Counts = NDArray[np.int64]

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

    def ranks(self, samples: Floats, counts: Counts, rounded: Callable[[Any], Any]) -> Counts:
        """How many samples of each window lie below it, it included."""
        if not self.percent:
            return np.asarray((samples <= self.value).sum(axis=1), dtype=np.int64)
        # So that 99 % of 100 are 99 and not, by the last bit, 100.
        return np.asarray(rounded(np.round(counts * self.value / _HUNDRED, 9)), dtype=np.int64)


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
        tail = 1 - share if share >= 0.5 else share  # noqa: PLR2004 - the documented formula
        return 10 / tail if tail else float("inf")

    def of(self, samples: Floats, counts: Counts) -> Floats:
        """The statistic of each window.

        Args:
            samples: the sorted samples of a window in each row, and NaN behind the last one.
            counts: how many samples each window has.

        Returns:
            NaN where a window has no samples, or all are left out.
        """
        low = np.zeros_like(counts) if self.low is None else self.low.ranks(samples, counts, np.floor)
        high = counts if self.high is None else self.high.ranks(samples, counts, np.ceil)
        taken = np.maximum(high - low, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(counts > 0, _KINDS[self.kind](self, samples, counts, low, high, taken), np.nan)


def _at(samples: Floats, index: Counts) -> Floats:
    last = samples.shape[1] - 1
    return np.asarray(np.take_along_axis(samples, np.clip(index, 0, last)[:, None], axis=1)[:, 0])


def _sums(samples: Floats, low: Counts, high: Counts) -> Floats:
    position = np.arange(samples.shape[1])
    inside = (position >= low[:, None]) & (position < high[:, None])
    return np.asarray(np.where(inside, samples, 0.0).sum(axis=1))


def _percentile(
    _: Statistic, samples: Floats, _n: Counts, _low: Counts, high: Counts, _taken: Counts
) -> Floats:
    return _at(samples, high - 1)


def _trimmed_mean(
    _: Statistic, samples: Floats, _n: Counts, low: Counts, high: Counts, taken: Counts
) -> Floats:
    return np.where(taken > 0, _sums(samples, low, high) / taken, np.nan)


def _winsorized_mean(
    statistic: Statistic, samples: Floats, counts: Counts, low: Counts, high: Counts, _taken: Counts
) -> Floats:
    """What is left out counts as the value at the edge."""
    lowest, highest = (
        _at(samples, index) if bound is None or bound.percent else np.full(len(counts), bound.value)
        for bound, index in ((statistic.low, low), (statistic.high, high - 1))
    )
    return (_sums(samples, low, high) + low * lowest + (counts - high) * highest) / counts


def _trimmed_count(
    _: Statistic, _s: Floats, _n: Counts, _low: Counts, _high: Counts, taken: Counts
) -> Floats:
    return taken.astype(np.float64)


def _trimmed_sum(
    _: Statistic, samples: Floats, _n: Counts, low: Counts, high: Counts, _taken: Counts
) -> Floats:
    return _sums(samples, low, high)


def _percentile_rank(
    _: Statistic, _s: Floats, counts: Counts, _low: Counts, _high: Counts, taken: Counts
) -> Floats:
    return _HUNDRED * taken / counts


_KINDS: Final[Mapping[str, Callable[[Statistic, Floats, Counts, Counts, Counts, Counts], Floats]]] = {
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
