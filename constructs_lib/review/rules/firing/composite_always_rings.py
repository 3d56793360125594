from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import outcomes_of
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import composite_alarms

__all__ = ["composite_always_rings"]


@rule(
    severity=Severity.WARNING,
    remedy="Write a rule that does not hold when all is well.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
)
def composite_always_rings(stack: StackReading) -> Iterator[Found]:
    """The rule of a composite alarm holds in every combination of its alarms' states, so it rings all the time."""
    for alarm in composite_alarms(stack):
        if alarm.rule is not None and outcomes_of(alarm.rule) == {True}:
            yield Found(
                node=alarm.node, message=f"{alarm.node.path} rings at {alarm.rule}, which always holds."
            )
