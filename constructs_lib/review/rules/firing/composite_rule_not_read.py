from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import problem_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import alarms_as_deployed, composite_alarms

__all__ = ["composite_rule_not_read"]


@rule(
    severity=Severity.ERROR,
    remedy="Write ALARM(name), OK(name) or INSUFFICIENT_DATA(name), with AND, OR, NOT and brackets between them.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
)
def composite_rule_not_read(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm is not one that CloudWatch takes."""
    for alarm in alarms_as_deployed(stack):
        if alarm.composite and not alarm.node.has("AlarmRule"):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has no AlarmRule.")
    for alarm in composite_alarms(stack):
        if alarm.rule is not None and (problem := problem_of(alarm.rule)):
            yield Found(node=alarm.node, message=f"{alarm.node.path}: {problem}")
