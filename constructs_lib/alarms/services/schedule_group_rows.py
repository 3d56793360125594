"""The alarms of a group of EventBridge Scheduler, one row each."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["SCHEDULE_GROUP_ALARMS"]

_row = partial(
    AlarmDefinition,
    namespace="AWS/Scheduler",
    dimensions={"ScheduleGroup": "schedule_group_name"},
    statistic="Sum",
    threshold=1,
    evaluation_periods=1,
    datapoints_to_alarm=1,
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
)
_lasting = partial(_row, evaluation_periods=5, datapoints_to_alarm=3, severity=Severity.WARNING)
_WHICH = (
    "aws scheduler list-schedules --group-name GROUP, then aws scheduler get-schedule --group-name GROUP --name NAME "
    "for its target, role and retry policy."
)

SCHEDULE_GROUP_ALARMS: tuple[AlarmDefinition, ...] = (
    _row(
        name="dropped_invocations",
        metric="InvocationDroppedCount",
        unit="invocations",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="Scheduler gave up invoking a target: what was due did not happen.",
        cause="the schedule's role may not invoke the target, or the target failed for as long as it was tried again.",
        query=_WHICH,
    ),
    _row(
        name="dead_letters",
        metric="InvocationsSentToDeadLetterCount",
        unit="events",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="What was due did not happen; the event waits in the schedule's dead-letter queue.",
        cause="what the message attributes ERROR_CODE and ERROR_MESSAGE say.",
        query="aws sqs receive-message --message-attribute-names All --queue-url URL; once the cause is mended, invoke "
        "the target with the message's body.",
    ),
    _row(
        name="dead_letter_failures",
        metric="InvocationsFailedToBeSentToDeadLetterCount",
        unit="events",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="Scheduler could not put an event into the dead-letter queue; unless a later try did, it is lost.",
        cause="the schedule's role, the queue's key, or a queue that is gone.",
        query="the metrics InvocationsFailedToBeSentToDeadLetterCount_<error code> of the group name the error.",
    ),
    _row(
        name="target_errors",
        metric="TargetErrorCount",
        unit="attempts",
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="A target refused an attempt; Scheduler tries again, as far as the retry policy lets it.",
        cause="the schedule's role, a target that is gone, or an input that the target does not take.",
        query=_WHICH,
    ),
    _lasting(
        name="throttles",
        metric="InvocationThrottleCount",
        unit="invocations",
        profile=Profile.STANDARD,
        means="Scheduler holds invocations back, so that they come late.",
        cause="more schedules due at the same second than the account may have in this Region.",
        query="the metric InvocationAttemptCount of the group, against the quota on invocations per second.",
    ),
    _lasting(
        name="target_throttles",
        metric="TargetErrorThrottledCount",
        unit="attempts",
        profile=Profile.COMPLETE,
        means="A target keeps refusing attempts because it gets too many requests.",
        cause="schedules that are due at the same time, or other callers of the target.",
        query="the throttling metrics of the target; a flexible time window spreads the schedules.",
    ),
    _row(
        name="truncated_dead_letters",
        metric="InvocationsSentToDeadLetterCount_Truncated_MessageSizeExceeded",
        unit="events",
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,
        needs=("has_dead_letters",),
        means="A dead letter was cut off, since it is larger than SQS takes.",
        cause="an input of the schedule that is nearly as large as a message may be.",
        query="aws scheduler get-schedule --group-name GROUP --name NAME: the input there is whole.",
    ),
)
