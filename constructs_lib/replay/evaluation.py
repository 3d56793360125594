"""When an alarm rings: one function over an alarm's properties, its datapoints and the state it is in.

It gets the datapoints of the evaluation range, which is longer than `EvaluationPeriods`, and follows "How alarm state
is evaluated when data is missing" and "Avoiding premature transitions to alarm state":
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

__all__ = ["BAND_COMPARISONS", "COMPARISONS", "EXTRA_DATAPOINTS", "Band", "State", "evaluate"]

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Band = tuple[float, float]
"""The lower and upper bound that an anomaly detection band expects."""

EXTRA_DATAPOINTS: Final = 2
"""How many more datapoints than evaluation periods are retrieved: see `assumptions.EVALUATION_RANGE`."""

COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
BAND_COMPARISONS: Final[Mapping[str, Callable[[Any, Any, Any], Any]]] = {
    "GreaterThanUpperThreshold": lambda value, _lower, upper: value > upper,
    "LessThanLowerThreshold": lambda value, lower, _upper: value < lower,
    "LessThanLowerOrGreaterThanUpperThreshold": lambda value, lower, upper: (value < lower) | (value > upper),
}


def evaluate(
    alarm: Mapping[str, Any],
    datapoints: Sequence[float | None],
    state: State,
    *,
    bands: Sequence[Band | None] | None = None,
) -> State:
    """The state that an alarm goes to.

    Args:
        alarm: with the property names of ``AWS::CloudWatch::Alarm``.
        datapoints: the evaluation range, the oldest first, None for a missing one.
        state: the state that it is in.
        bands: of an anomaly alarm, the band of each datapoint; one without a band is missing.
    """
    periods = int(alarm.get("EvaluationPeriods", 1))
    needed = int(alarm.get("DatapointsToAlarm") or periods)
    breaching = _breaching(alarm, datapoints, bands)
    real = [b for b in breaching if b is not None]
    if len(real) >= periods:  # enough of them, reaching back as far as it takes: nothing is missing
        return _state(sum(real[-periods:]) >= needed)
    treatment = alarm.get("TreatMissingData") or "missing"
    filled = {"breaching": periods - len(real), "notBreaching": 0}.get(treatment)
    if filled is not None or sum(real) >= needed:
        return _state(sum(real) + (filled or 0) >= needed)
    if not real:
        return state if treatment == "ignore" else "INSUFFICIENT_DATA"
    if not all(real):
        return "OK"
    # Every datapoint there is breaches, but they are too few. Old enough, they ring nevertheless; else wait for more.
    oldest = len(breaching) - breaching.index(True)
    return "ALARM" if treatment == "missing" and oldest >= needed else state


def _state(rings: bool) -> State:  # noqa: FBT001 - it is what the state depends on
    return "ALARM" if rings else "OK"


def _breaching(
    alarm: Mapping[str, Any], datapoints: Sequence[float | None], bands: Sequence[Band | None] | None
) -> list[bool | None]:
    operator = alarm["ComparisonOperator"]
    if bands is not None:
        outside = BAND_COMPARISONS[operator]
        pairs = zip(datapoints, bands, strict=True)
        return [
            None if value is None or band is None else bool(outside(value, *band)) for value, band in pairs
        ]
    compare, threshold = COMPARISONS[operator], float(alarm["Threshold"])
    return [None if value is None else bool(compare(value, threshold)) for value in datapoints]
