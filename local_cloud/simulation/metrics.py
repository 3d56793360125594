"""CloudWatch on the virtual clock: datapoints by the minute, and the real evaluation of alarms."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.replay import evaluation
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, State
from local_cloud.health_checks import status
from local_cloud.health_checks.config import HealthCheck
from local_cloud.simulation.setups import MINUTE, PROBE_MINUTES

PRIMARY_ANSWERS: Mapping[str, Any] = {
    "Statistic": "Minimum",
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 1,
    "EvaluationPeriods": PROBE_MINUTES,
    "TreatMissingData": "ignore",
}
"""The alarm of the standby's probe."""
LOAD: Mapping[str, Any] = {
    "Statistic": "Maximum",
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "EvaluationPeriods": 1,
    "TreatMissingData": "notBreaching",
}
"""The alarm on requests that a sleeping standby throttles."""
TAKEN_OVER: Mapping[str, Any] = {**LOAD, "TreatMissingData": "ignore"}
"""From which Route 53 knows the metric by which the standby takes over."""

_LAST_KNOWN = "LastKnownStatus"


class MetricAlarm:
    """An alarm on one metric with a datapoint a minute.

    Attributes:
        state: the alarm's.
    """

    def __init__(self, properties: Mapping[str, Any], state: State = "OK") -> None:
        """Begin in `state`, without data."""
        self._properties = properties
        self._pick = min if properties["Statistic"] == "Minimum" else max
        self._range = properties["EvaluationPeriods"] + EXTRA_DATAPOINTS
        self._data: dict[int, float] = {}
        self.state: State = state

    def put(self, value: float, when: float) -> None:
        """A datapoint with this time."""
        minute = int(when // MINUTE)
        before = self._data.get(minute)
        self._data[minute] = value if before is None else self._pick(value, before)

    def fill(self, value: float, until: float) -> None:
        """The same value in every minute before `until`."""
        last = int(until // MINUTE)
        self._data = dict.fromkeys(range(last - self._range, last), value)

    def evaluate(self, now: float) -> State:
        """The state, from the minutes that are complete now."""
        last = int(now // MINUTE)
        datapoints = [self._data.get(minute) for minute in range(last - self._range, last)]
        for minute in [each for each in self._data if each < last - self._range]:
            del self._data[minute]
        self.state = evaluation.evaluate(self._properties, datapoints, self.state)
        return self.state


class TakeOverCheck:
    """The health check by which the standby takes over: what it said last stands."""

    def __init__(self) -> None:
        """Begin healthy."""
        self._check = HealthCheck(type="CLOUDWATCH_METRIC", without_data=_LAST_KNOWN)
        self._metric = MetricAlarm(TAKEN_OVER, "INSUFFICIENT_DATA")
        self._last_known: bool | None = None

    @property
    def is_healthy(self) -> bool:
        """Its status."""
        return status.status(
            self._check,
            lambda: status.alarm_is_healthy(
                self._metric.state, without_data=self._check.without_data, last_known=self._last_known
            ),
        )

    def put(self, *, taken_over: bool, when: float) -> None:
        """What the controller publishes."""
        self._metric.put(int(taken_over), when)

    def evaluate(self, now: float) -> None:
        """Look at the minutes that are complete."""
        if self._metric.evaluate(now) != "INSUFFICIENT_DATA":
            self._last_known = self._metric.state == "OK"
