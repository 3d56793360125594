"""`evaluation.evaluate` for many evaluations at once.

The state that an alarm is in matters only where an evaluation leaves it as it is: those have an outcome of their own.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from constructs_lib.replay.evaluation import BAND_COMPARISONS, COMPARISONS
from constructs_lib.replay.statistics import Floats

__all__ = ["ALARM", "INSUFFICIENT", "KEEP", "MISSING", "OK", "STATES", "breaching", "outcomes", "settled"]

Codes = NDArray[np.int8]
OK: Final = 0
ALARM: Final = 1
INSUFFICIENT: Final = 2
KEEP: Final = 3
STATES: Final = ("OK", "ALARM", "INSUFFICIENT_DATA")
MISSING: Final = -1


def breaching(operator: str, datapoints: Floats, threshold: float | tuple[Floats, Floats]) -> Codes:
    """1 for a datapoint that breaches, 0 for one that does not, -1 for a missing one.

    Args:
        operator: as the alarm has it.
        datapoints: NaN for a missing one.
        threshold: a number; for an anomaly alarm the lower and upper bound of the band at each datapoint.
    """
    missing = np.isnan(datapoints)
    found: Any
    if isinstance(threshold, tuple):
        lower, upper = threshold
        missing = missing | np.isnan(lower) | np.isnan(upper)
        found = BAND_COMPARISONS[operator](datapoints, lower, upper)
    else:
        found = COMPARISONS[operator](datapoints, threshold)
    return np.where(missing, MISSING, found).astype(np.int8)


def outcomes(found: Codes, *, periods: int, needed: int, treatment: str) -> Codes:
    """What each evaluation comes to: `OK`, `ALARM`, `INSUFFICIENT` or `KEEP`.

    Args:
        found: what `breaching` says of the evaluation range of each evaluation, the oldest datapoint first.
        periods: evaluation periods.
        needed: datapoints to alarm.
        treatment: of missing data.
    """
    real = found != MISSING
    present = real.sum(axis=1)
    back = np.cumsum(real[:, ::-1], axis=1)[:, ::-1]  # how many there are from each to the newest
    recent = ((found == 1) & (back <= periods)).sum(axis=1)
    enough = present >= periods
    filled = {"breaching": recent + periods - present, "notBreaching": recent}.get(treatment, recent)
    rings = np.where(enough, recent, filled) >= needed
    result = np.where(rings, ALARM, OK).astype(np.int8)
    if treatment in ("breaching", "notBreaching"):
        return result
    open_ = ~enough & ~rings
    none = open_ & (present == 0)
    result[none] = KEEP if treatment == "ignore" else INSUFFICIENT
    all_breach = open_ & (present > 0) & (recent == present)
    result[all_breach] = KEEP
    if treatment == "missing":
        oldest = found.shape[1] - np.argmax(found == 1, axis=1)
        result[all_breach & (oldest >= needed)] = ALARM
    return result


def settled(codes: Codes, before: int = INSUFFICIENT) -> Codes:
    """The state after each evaluation, from the state `before` the first one."""
    changes = np.where(codes == KEEP, -1, np.arange(len(codes)))
    latest = np.maximum.accumulate(changes) if len(codes) else changes
    return np.where(latest < 0, before, codes[np.maximum(latest, 0)]).astype(np.int8)
