from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.reading.listeners import listened_to
from constructs_lib.review.rule import Found, rule

__all__ = ["alarm_without_action"]


@rule(
    severity=Severity.WARNING,
    remedy="Add the topic that your people read to AlarmActions, or let a composite alarm that has one contain it.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_without_action(stack: StackReading) -> Iterator[Found]:
    """An alarm rings, and nobody hears it: it has no action, and nothing at hand looks at its state."""
    for alarm in alarms_of(stack):
        if not alarm.node.has("AlarmActions", 0) and not listened_to(alarm.node):
            others = [each for each in ("OKActions", "InsufficientDataActions") if alarm.node.has(each, 0)]
            only = f", only {' and '.join(others)}" if others else ""
            yield Found(node=alarm.node, message=f"{alarm.node.path} has no AlarmActions{only}.")
