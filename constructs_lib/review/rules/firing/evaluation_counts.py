from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import METRIC_API, alarms_as_deployed, metric_alarms

__all__ = ["evaluation_counts"]


@rule(
    severity=Severity.ERROR,
    remedy="Give whole numbers from 1, and no more DatapointsToAlarm than EvaluationPeriods.",
    source=METRIC_API,
)
def evaluation_counts(stack: StackReading) -> Iterator[Found]:
    """An alarm looks at no period, or wants more of them to breach than it looks at, which CloudWatch refuses."""
    for alarm in metric_alarms(stack):
        for name in ("EvaluationPeriods", "DatapointsToAlarm"):
            value = alarm.node.number(name)
            if value is not None and (value < 1 or value != int(value)):
                yield Found(node=alarm.node, message=f"{alarm.node.path} has {value:g} as its {name}.")
        if alarm.periods is not None and alarm.datapoints is not None and alarm.datapoints > alarm.periods:
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} wants {alarm.datapoints:g} of {alarm.periods:g} periods to breach.",
            )
    for alarm in alarms_as_deployed(stack):
        if not alarm.composite and not any(map(alarm.node.has, ("EvaluationPeriods", "EvaluationCriteria"))):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has no EvaluationPeriods.")
