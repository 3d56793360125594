"""How schedules, rules and topics fail, one row each."""

from functools import partial
from typing import Final

from constructs_lib.review.coverage.mode import Mode

__all__ = ["RULE_MODES", "SCHEDULE_MODES", "TOPIC_MODES"]

_SCHEDULER: Final = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html"
_EVENTS: Final = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"
_SNS: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#SNS"
)
_VISIBLE: Final = ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
_LOST: Final = "6 in an hour"

_scheduled = partial(Mode, incident="drip", source=_SCHEDULER)
SCHEDULE_MODES: Final[tuple[Mode, ...]] = (
    _scheduled(
        id="dropped",
        title="What is due does not happen",
        metrics=(
            ("AWS/Scheduler", "InvocationDroppedCount"),
            ("AWS/Scheduler", "InvocationsSentToDeadLetterCount"),
            _VISIBLE,
        ),
        happens=f"Scheduler gives up invocations, {_LOST}",
        remedy="the sum of InvocationDroppedCount of its group",
        ends_life=True,
    ),
    _scheduled(
        id="dead-letter-failures",
        title="Dropped invocations do not reach the dead-letter queue",
        metrics=(("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount"),),
        happens=f"the dead-letter queue refuses events, {_LOST}",
        remedy="the sum of InvocationsFailedToBeSentToDeadLetterCount of its group",
        needs=("dead_letters", "own_group"),
    ),
    _scheduled(
        id="target-errors",
        title="The target refuses invocations",
        metrics=(("AWS/Scheduler", "TargetErrorCount"),),
        happens=f"the target refuses invocations, {_LOST}",
        remedy="the sum of TargetErrorCount of its group",
        essential=False,
        needs=("own_group",),
    ),
    _scheduled(
        id="no-run",
        title="It no longer runs",
        metrics=(("AWS/Lambda", "Invocations"), ("AWS/Scheduler", "InvocationAttemptCount")),
        incident="schedule_stops",
        happens="it ran every {every_minutes:g} minutes, and then no more",
        remedy="the sum of Invocations of its target below 1, missing data breaching",
        essential=False,
        by_absence=True,
        facts=("every_minutes", "others"),
        in_parts=True,
    ),
)

_rule = partial(Mode, incident="drip", source=_EVENTS)
RULE_MODES: Final[tuple[Mode, ...]] = (
    _rule(
        id="failed-invocations",
        title="A target is not reached",
        metrics=(("AWS/Events", "FailedInvocations"), ("AWS/Events", "InvocationsSentToDlq"), _VISIBLE),
        happens=f"EventBridge gives up a target, {_LOST}",
        remedy="the sum of FailedInvocations",
    ),
    _rule(
        id="dead-letter-failures",
        title="Undelivered events do not reach the dead-letter queue",
        metrics=(("AWS/Events", "InvocationsFailedToBeSentToDlq"),),
        happens=f"the dead-letter queue refuses events, {_LOST}",
        remedy="the sum of InvocationsFailedToBeSentToDlq",
        needs=("dead_letters",),
    ),
)

_topic = partial(Mode, incident="drip", source=_SNS)
TOPIC_MODES: Final[tuple[Mode, ...]] = (
    _topic(
        id="failed-notifications",
        title="A subscriber is not reached",
        metrics=(
            ("AWS/SNS", "NumberOfNotificationsFailed"),
            ("AWS/SNS", "NumberOfNotificationsRedrivenToDlq"),
            _VISIBLE,
        ),
        happens=f"notifications cannot be delivered, {_LOST}",
        remedy="the sum of NumberOfNotificationsFailed",
    ),
    _topic(
        id="dead-letter-failures",
        title="Undelivered notifications do not reach the dead-letter queue",
        metrics=(("AWS/SNS", "NumberOfNotificationsFailedToRedriveToDlq"),),
        happens=f"the dead-letter queue refuses notifications, {_LOST}",
        remedy="the sum of NumberOfNotificationsFailedToRedriveToDlq",
        needs=("dead_letters",),
    ),
)
