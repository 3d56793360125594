from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.rule import Found, rule

__all__ = ["health_check_alarm_elsewhere"]


@rule(
    severity=Severity.ERROR,
    remedy="Set AlarmIdentifier.Region to the Region of the alarm's stack.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_AlarmIdentifier.html",
)
def health_check_alarm_elsewhere(stack: StackReading) -> Iterator[Found]:
    """A health check looks for its alarm in another Region than it is in."""
    for check in health_checks_of(stack):
        named, alarm = check.text("AlarmIdentifier", "Region"), check.alarm
        if named is None or alarm is None or not check.names_alarm_by_reference:
            continue
        if alarm.stack.region and alarm.stack.region != named:
            yield Found(
                node=check.node,
                message=f"{check.node.path} looks for {alarm.path} in {named}; it is in {alarm.stack.region}.",
            )
