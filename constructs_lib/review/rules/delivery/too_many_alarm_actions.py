from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import STATES, alarms_of
from constructs_lib.review.rule import Found, rule

__all__ = ["too_many_alarm_actions"]

_LIMIT = 5


@rule(
    severity=Severity.ERROR,
    remedy="Let one topic take the state's notifications, and subscribe everybody to that.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
)
def too_many_alarm_actions(stack: StackReading) -> Iterator[Found]:
    """An alarm has more than five actions for a state: the deployment is refused."""
    for alarm in alarms_of(stack):
        for state, key in STATES.items():
            count = alarm.node.count(key)
            if count is not None and count > _LIMIT and alarm.node.surely_made:
                yield Found(
                    node=alarm.node, message=f"{alarm.node.path} has {count} actions for the state {state}."
                )
