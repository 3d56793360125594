from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import outcomes_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import composite_alarms

__all__ = ["composite_never_rings"]


@rule(
    severity=Severity.ERROR,
    remedy="Write a rule that holds when something is wrong; AND of an alarm's ALARM and its OK never does.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
)
def composite_never_rings(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm holds in no combination of its alarms' states, so it never rings."""
    for alarm in composite_alarms(stack):
        if alarm.rule is not None and outcomes_of(alarm.rule) == {False}:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} rings at {alarm.rule}, which never holds."
            )
