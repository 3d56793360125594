"""What one metric did: per period how many samples, their sum, smallest and largest, and where kept themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.metric_names import metric_text
from constructs_lib.replay.timelines.moments import Instant, epoch_of, instant_of
from constructs_lib.replay.timelines.packing import Packed, pack
from constructs_lib.replay.timelines.samples import Floats, Samples

__all__ = ["LONGEST", "MetricSeries", "is_period"]

LONGEST = 1_000_000
"""The most periods of one series: 455 days, as long as CloudWatch keeps data, are 655,200 minutes
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html)."""

_ARRAYS = ("count", "sum", "minimum", "maximum")


@dataclass(frozen=True, kw_only=True, eq=False)
class MetricSeries:
    """A metric's data over time. Arrays have one element a period, and cannot be written to.

    A statistic that the data does not tell is NaN where a period has a datapoint: an export of `Sum` alone
    says neither count nor extremes. `knows` says which of the basic statistics the data tells.

    Attributes:
        namespace: as CloudWatch has it, e.g. `AWS/Lambda`; empty for an export that does not tell.
        name: the metric's.
        dimensions: names to values; a value may also be a logical id or a construct path of a template.
        period: in seconds.
        start: Unix time at which the first period begins.
        count: how many samples; 0 where there is no datapoint, NaN where the data does not say how many.
        sum: of the samples; NaN where there is no datapoint or where it is not known. So are:
        minimum: the smallest sample.
        maximum: the largest sample.
        samples: the samples of periods that have several, different ones; see `distribution`.
        given: further statistics as an export has them, by name such as `p99` or `Average`; they hold for
            this period only and cannot be rolled up into a longer one.
        unit: the samples' unit, or None where it does not matter.
        account: whose metric it is; None for any.
        region: where the metric is; None for any.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    period: int = 60
    start: int
    count: Floats
    sum: Floats
    minimum: Floats
    maximum: Floats
    samples: Samples
    given: Mapping[str, Floats] = field(default_factory=dict)
    unit: str | None = None
    account: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        """Check what no series can be without, and close it.

        Raises:
            TimelineError: its period is none of CloudWatch's, it does not begin with a period, or is too long.
        """
        if not is_period(self.period):
            raise TimelineError(
                f"{self}: {self.period!r} is no period. Give 1, 5, 10, 20, 30 or a multiple of 60 seconds."
            )
        if self.start % min(self.period, 60):
            raise TimelineError(
                f"{self}: it starts at {instant_of(self.start).isoformat()}, within a period. "
                "Start at a whole minute, or a whole period below one."
            )
        if len(self.count) > LONGEST:
            raise TimelineError(
                f"{self}: {len(self.count):,} periods are more than {LONGEST:,}. Cut it, or give longer periods."
            )
        object.__setattr__(self, "dimensions", MappingProxyType(dict(sorted(self.dimensions.items()))))
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))
        samples = (self.samples.offsets, self.samples.values, self.samples.weights)
        for array in (*(getattr(self, name) for name in _ARRAYS), *self.given.values(), *samples):
            array.flags.writeable = False

    @classmethod
    def of(
        cls,
        namespace: str,
        name: str,
        dimensions: Mapping[str, str],
        values: object,
        *,
        start: Instant,
        **more: Any,
    ) -> "MetricSeries":
        """A series of plain values.

        Args:
            namespace: the metric's.
            name: the metric's.
            dimensions: the metric's.
            values: per period None for no datapoint, a number for one sample, a list of numbers for several, or
                a mapping with `count`, `sum`, `minimum`, `maximum`, `samples` and `weights` as far as known; empty
                where only `given` tells.
            start: when the first period begins.
            **more: `period`, `given`, `unit`, `account` and `region`, as the class has them.

        Raises:
            TimelineError: a value is none of these.
        """
        packed = values if isinstance(values, Packed) else pack(values)
        arrays = {each: getattr(packed, each) for each in (*_ARRAYS, "samples")}
        return cls(
            namespace=namespace, name=name, dimensions=dimensions, start=epoch_of(start), **arrays, **more
        )

    def __str__(self) -> str:
        """The metric in one line."""
        return metric_text(self.namespace, self.name, self.dimensions)

    def __len__(self) -> int:
        """How many periods it has."""
        return len(self.count)

    @property
    def end(self) -> int:
        """Unix time at which the last period ends."""
        return self.start + len(self) * self.period

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from other series; two with one key are the same metric."""
        return (
            self.namespace,
            self.name,
            tuple(self.dimensions.items()),
            self.period,
            self.account,
            self.region,
            self.unit,
        )

    @property
    def times(self) -> npt.NDArray[np.int64]:
        """Unix time at which each period begins."""
        return self.start + self.period * np.arange(len(self), dtype=np.int64)

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Whether each period has a datapoint."""
        return np.not_equal(self.count, 0)

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """The spans without a datapoint, each as Unix times of its start and end."""
        missing = np.concatenate(([False], ~self.present, [False])).astype(np.int8)
        edges = np.diff(missing)
        firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return tuple(
            (self.start + int(first) * self.period, self.start + int(last) * self.period)
            for first, last in zip(firsts, lasts, strict=True)
        )

    @property
    def knows(self) -> frozenset[str]:
        """Those of Sum, SampleCount, Average, Minimum and Maximum that every datapoint tells."""
        arrays = {
            "SampleCount": self.count,
            "Sum": self.sum,
            "Minimum": self.minimum,
            "Maximum": self.maximum,
        }
        here = self.present
        known = {name for name, array in arrays.items() if not np.isnan(array[here]).any()}
        return frozenset(known | ({"Average"} if {"Sum", "SampleCount"} <= known else set()))

    def distribution(self) -> Samples:
        """The samples of every period, for percentiles: also of those whose samples are all the same.

        A period with several different samples that were not kept has none. CloudWatch likewise has
        percentiles of a statistic set only where it is one sample or its extremes are equal
        (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html).
        """
        same = (self.minimum == self.maximum) & (self.samples.lengths == 0) & (self.count > 0)
        rows = np.flatnonzero(same)
        alike = Samples.gathered(len(self), rows, self.minimum[rows], self.count[rows])
        return Samples.together([self.samples, alike])

    def between(self, start: int, end: int) -> "MetricSeries":
        """The periods that begin at or after `start` and before `end`, as Unix times."""
        first = min(max(-((self.start - start) // self.period), 0), len(self))
        last = max(min(-((self.start - end) // self.period), len(self)), first)
        return replace(
            self,
            start=self.start + first * self.period,
            samples=self.samples.between(first, last),
            given={name: array[first:last] for name, array in self.given.items()},
            **{name: getattr(self, name)[first:last] for name in _ARRAYS},
        )


def is_period(value: object) -> bool:
    """Whether it is one that CloudWatch retrieves metrics at: 1, 5, 10, 20, 30 or a multiple of 60 seconds.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return value in {1, 5, 10, 20, 30} or (0 < value <= 86_400 * 366 and value % 60 == 0)
