"""When an alarm rings: one function over an alarm's properties, its datapoints and the state it is in.

`evaluate` reads the CloudFormation property names of AWS::CloudWatch::Alarm. It gets the datapoints of the evaluation
range, which is longer than `EvaluationPeriods`, and follows "How alarm state is evaluated when data is missing" and
"Avoiding premature transitions to alarm state":
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Band = tuple[float, float]
"""The lower and upper bound that an anomaly detection band expects."""

EXTRA_DATAPOINTS = 2
"""How many more datapoints than evaluation periods are retrieved: the documentation's examples have five for three."""

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
_BAND_COMPARISONS: dict[str, Callable[[float, Band], bool]] = {
    "GreaterThanUpperThreshold": lambda value, band: value > band[1],
    "LessThanLowerThreshold": lambda value, band: value < band[0],
    "LessThanLowerOrGreaterThanUpperThreshold": lambda value, band: not band[0] <= value <= band[1],
}


def evaluate(
    alarm: Mapping[str, Any],
    datapoints: Sequence[float | None],
    state: State,
    *,
    bands: Sequence[Band | None] | None = None,
) -> State:
    """The state an alarm goes to, given the datapoints of its evaluation range, the oldest first, None for missing.

    An anomaly alarm also gets the band that belongs to each datapoint; one without a band is missing.
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
        outside = _BAND_COMPARISONS[operator]
        pairs = zip(datapoints, bands, strict=True)
        return [None if value is None or band is None else outside(value, band) for value, band in pairs]
    compare, threshold = _COMPARISONS[operator], float(alarm["Threshold"])
    return [None if value is None else compare(value, threshold) for value in datapoints]
