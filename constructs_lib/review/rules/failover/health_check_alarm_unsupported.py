from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.alarms import Alarm, Metric, alarms_of
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_alarm_unsupported"]

_STATISTICS: Final = ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
_MINUTE: Final = 60


@rule(
    severity=Severity.ERROR,
    remedy="Give it an alarm on one metric of its own account, with a basic statistic and a period of whole "
    "minutes; let code publish the state of any other alarm as such a metric.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html",
)
def health_check_alarm_unsupported(stack: StackReading) -> Iterator[Found]:
    """A health check is to follow an alarm of a kind that Route 53 cannot: it watches one plain metric only."""
    found = stack.whole.once("alarms-by-node", _by_node)
    for check in health_checks_of(stack):
        alarm = found.get(check.alarm) if check.alarm is not None else None
        problem = _problem(alarm) if alarm is not None else None
        if alarm is not None and problem:
            yield Found(
                node=check.node, message=f"{check.node.path} follows {alarm.node.path}, which {problem}."
            )


def _by_node(whole: Reading) -> dict[Node, Alarm]:
    return {each.node: each for each in alarms_of(whole)}


def _problem(alarm: Alarm) -> str | None:
    if alarm.composite:
        return "is a composite alarm"
    if alarm.threshold_metric_id is not None:
        return "is an anomaly alarm"
    if any(each.expression is not None for each in alarm.metrics):
        return "uses metric math"
    if alarm.datapoints is not None and alarm.periods is not None and alarm.datapoints < alarm.periods:
        return f"rings for {figure(alarm.datapoints)} out of {figure(alarm.periods)} datapoints"
    own = alarm.node.stack.template.account
    return next((problem for each in alarm.metrics if (problem := _problem_of(each, own))), None)


def _problem_of(metric: Metric, own: str | None) -> str | None:
    if metric.account is not None and own is not None and metric.account != own:
        return "watches a metric of another account"
    if metric.period is not None and metric.period < _MINUTE:
        return f"has a period of {figure(metric.period)} s"
    if metric.statistic is not None and metric.statistic not in _STATISTICS:
        return f"has the statistic {metric.statistic}"
    return None
