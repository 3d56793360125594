"""The forms in which services publish what happened in a minute."""

from collections.abc import Mapping, Sequence

import numpy as np

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.packing import Packed
from constructs_lib.replay.timelines.samples import Floats, Integers, Samples
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["check_rates", "check_shares", "each_one", "indicator", "level", "publish"]


def indicator(of: Integers, true: Integers) -> Packed:
    """One sample a request, 1 where it was so and else 0: Sum counts them, Average is their share.

    A minute without a request has no datapoint.
    """
    count, total = of.astype(np.float64), true.astype(np.float64)
    some = np.flatnonzero((true > 0) & (true < of))
    samples = Samples.gathered(
        len(of),
        np.repeat(some, 2),
        np.tile([0.0, 1.0], len(some)),
        np.column_stack((count[some] - total[some], total[some])).ravel(),
    )
    least, most = (true == of).astype(np.float64), (true > 0).astype(np.float64)
    return Packed(count, total, least, most, samples).without(of == 0)


def each_one(happened: Integers) -> Packed:
    """One sample of 1 each time; a minute in which it did not happen has no datapoint."""
    return indicator(happened, happened)


def level(values: Floats) -> Packed:
    """One sample a minute."""
    return Packed.single(values)


def publish(
    minutes: Minutes,
    namespace: str,
    metrics: Mapping[str, Packed],
    dimensions: Sequence[Mapping[str, str]],
    *,
    region: str | None,
    unit: str | None = None,
) -> list[MetricSeries]:
    """A series for each metric and set of dimensions; those of one metric share their data."""
    found = []
    for name, packed in metrics.items():
        data = packed.without(minutes.now.silent) if minutes.now.silent.any() else packed
        found += [
            MetricSeries.of(namespace, name, each, data, start=minutes.start, region=region, unit=unit)
            for each in dimensions
        ]
    return found


def check_rates(of: str, **rates: float) -> None:
    """Check that these are not below zero.

    Raises:
        TimelineError: one is.
    """
    for name, rate in rates.items():
        if not 0 <= rate <= 1e9:  # noqa: PLR2004 - a billion a minute, beyond what Poisson draws stay exact
            raise TimelineError(f"{of}: {name} is {rate!r}. Give a number from 0 to a billion.")


def check_shares(of: str, **shares: float) -> None:
    """Check that these are from 0 to 1.

    Raises:
        TimelineError: one is not.
    """
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise TimelineError(f"{of}: {name} is {share!r}. Give a share from 0 to 1.")
