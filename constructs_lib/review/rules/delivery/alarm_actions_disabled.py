from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import STATES, alarms_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alarm_actions_disabled"]


@rule(
    severity=Severity.WARNING,
    remedy="Remove ActionsEnabled, which is true where it is left out. To keep an alarm quiet for a "
    "time, use a mute rule (AWS::CloudWatch::AlarmMuteRule), which ends by itself.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
)
def alarm_actions_disabled(stack: StackReading) -> Iterator[Found]:
    """An alarm rings, and nobody hears it: it has actions, and they are switched off."""
    for alarm in alarms_of(stack):
        if alarm.actions_enabled is False and any(alarm.node.has(each, 0) for each in STATES.values()):
            yield Found(node=alarm.node, message=f"{alarm.node.path} has ActionsEnabled false.")
