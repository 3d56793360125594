from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.actions import kind_of, region_of
from constructs_lib.review.reading.alarms import STATES, alarms_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alarm_action_elsewhere"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the alarm's Region a topic of its own; a function or a queue in another Region can subscribe to it.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
)
def alarm_action_elsewhere(stack: StackReading) -> Iterator[Found]:
    """An alarm's topic lies in another Region, where alarms cannot publish: the deployment is refused."""
    for alarm in alarms_of(stack):
        for action in dict.fromkeys(str(each) for key in STATES.values() for each in alarm.node.items(key)):
            target = stack.find(action)
            region = target.stack.region if target else region_of(action)
            far = region and stack.region and region != stack.region
            if far and kind_of(stack, action) == "sns" and alarm.node.surely_made:
                where = target.path if target else action
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} is in {stack.region}, and its action {where} in {region}.",
                )
