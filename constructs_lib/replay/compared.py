"""The datapoints that an alarm compares: those of a metric, or what its expressions make of its metrics."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from constructs_lib.replay.expressions.metric_math import (
    ExpressionError,
    Frame,
    SeriesArray,
    compute,
    compute_series,
    parse,
)
from constructs_lib.replay.statistics import Floats
from constructs_lib.replay.watches import Watch

__all__ = ["QUOTAS", "compared"]

QUOTAS: Final[Mapping[str, float]] = {"ConcurrentExecutions": 1_000.0}
"""What SERVICE_QUOTA gives: an account's default (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)."""


def compared(watch: Watch, seen: Mapping[str, Floats], ends: Floats, seconds: int, length: int) -> Floats:
    """The datapoints that are compared.

    Args:
        watch: what is watched.
        seen: id to datapoints of its metrics, of shape (evaluations, datapoints), the oldest first, NaN for a missing
            one; of expressions that are known already, too.
        ends: when the newest datapoint of each evaluation ends, in seconds since 1970.
        seconds: from one datapoint to the next.
        length: how many datapoints an evaluation has.

    Raises:
        ExpressionError: an expression that is not evaluated.
    """
    if watch.shown in seen:
        return seen[watch.shown]
    times = ends[:, None] - seconds * np.arange(length, 0, -1, dtype=np.float64)
    known: dict[str, Floats | SeriesArray] = dict(seen)
    _complete(watch, watch.shown, known, times, ())
    return compute_series(parse(watch.queries[watch.shown].expression), _frame(watch, known, times))


def _complete(
    watch: Watch,
    name: str,
    known: dict[str, Floats | SeriesArray],
    times: Floats,
    above: tuple[str, ...],
) -> None:
    """Add what the expression `name` names to what is `known`."""
    for each in parse(watch.queries[name].expression).names:
        if each in known or each not in watch.queries:
            continue
        if each in (*above, name):
            raise ExpressionError(f"the expression {each} names itself.")
        _complete(watch, each, known, times, (*above, name))
        value = compute(parse(watch.queries[each].expression), _frame(watch, known, times))
        known[each] = value if isinstance(value, SeriesArray) else np.broadcast_to(value.aligned, times.shape)


def _frame(watch: Watch, known: Mapping[str, Floats | SeriesArray], times: Floats) -> Frame:
    metrics = [query for query in watch.queries.values() if query.metric]
    return Frame(
        series=known,
        metrics=tuple(each.id for each in metrics),
        times=times,
        period=float(watch.period),
        quotas={
            each.id: QUOTAS[each.metric.name]
            for each in metrics
            if each.metric and each.metric.name in QUOTAS
        },
    )
