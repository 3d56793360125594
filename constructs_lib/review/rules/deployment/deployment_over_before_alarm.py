from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of, own_alarms

__all__ = ["deployment_over_before_alarm"]


@rule(
    severity=Severity.WARNING,
    remedy="Shift more slowly, or let an alarm ring sooner: shorter periods, fewer datapoints.",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html",
)
def deployment_over_before_alarm(stack: StackReading) -> Iterator[Found]:
    """A deployment is over before any of its alarms can ring: a broken version is never taken back."""
    for group in groups_of(stack):
        windows = [_window(each) for each in own_alarms(group)]
        known = [each for each in windows if each is not None]
        lasts = group.seconds
        if lasts is None or not known or len(known) < len(group.alarm_names):
            continue
        if lasts < min(known):
            yield Found(
                node=group.node,
                message=f"{group.node.path} takes {lasts:g} s; the first of its alarms rings after {min(known):g} s.",
            )


def _window(alarm: Alarm) -> float | None:
    """How long something has to go wrong before the alarm rings, at the least."""
    periods = [each.period for each in alarm.read]
    if alarm.datapoints is None or not periods or None in periods:
        return None
    return alarm.datapoints * max(each for each in periods if each is not None)
