"""Health checks on CloudWatch alarms: they read its data, never its state, with the settings it had at first.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html
"""

from collections.abc import Mapping
from typing import Any

from constructs_lib.replay.evaluation import State
from local_cloud.hooks import internal
from local_cloud.patches import alarm_data, scope

_STATISTICS = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
_SHORTEST_PERIOD = 60


def find(account: str, region: str, name: str) -> dict[str, Any] | None:
    """The settings of an alarm as they are now; None when there is no such alarm."""
    alarm = internal("services.cloudwatch._alarms").get_scoped(account, region, name)
    return dict(alarm) if alarm else None


def objection(alarm: Mapping[str, Any]) -> str | None:
    """Why Route 53 cannot follow an alarm; None if it can."""
    if alarm.get("Metrics"):
        return "metric math and queries are not supported"
    if alarm.get("ExtendedStatistic") or alarm.get("Statistic") not in _STATISTICS:
        return f"the statistic must be one of {', '.join(_STATISTICS)}"
    if int(alarm.get("Period") or _SHORTEST_PERIOD) < _SHORTEST_PERIOD:
        return "high-resolution metrics are not supported"
    needed, periods = alarm.get("DatapointsToAlarm"), alarm.get("EvaluationPeriods")
    if needed is not None and int(needed) != int(periods or 1):
        return "M out of N alarms are not supported"
    return None


def state(account: str, region: str, alarm: Mapping[str, Any], before: State) -> State:
    """The state that the alarm's data stand for."""
    with scope.scoped(account, region):
        return alarm_data.look(alarm, before).state
