"""Metrics of what carries messages and events: queues, topics, buses, schedules, pipes."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import Kind, Published, Service, dimension_sets, named

__all__ = ["SERVICES"]

_EVENTS: Final = Published(kind=Kind.EVENTS, unit="Count")
_RARE: Final = Published(kind=Kind.EVENTS, unit="Count", sparse=True)
_LEVEL: Final = Published(kind=Kind.LEVEL, unit="Count")

_SQS: Final = Service(
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    by=dimension_sets("QueueName"),
    metrics={
        **named(
            "NumberOfMessagesSent NumberOfMessagesReceived NumberOfMessagesDeleted NumberOfEmptyReceives "
            "NumberOfDeduplicatedSentMessages",
            _EVENTS,
        ),
        **named(
            "ApproximateNumberOfMessagesVisible ApproximateNumberOfMessagesNotVisible "
            "ApproximateNumberOfMessagesDelayed ApproximateNumberOfGroupsWithInflightMessages "
            "ApproximateNumberOfNoisyGroups ApproximateNumberOfMessagesVisibleInQuietGroups "
            "ApproximateNumberOfMessagesNotVisibleInQuietGroups ApproximateNumberOfMessagesDelayedInQuietGroups",
            _LEVEL,
        ),
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 14 days
        **named(
            "ApproximateAgeOfOldestMessage ApproximateAgeOfOldestMessageInQuietGroups",
            Published(kind=Kind.LEVEL, unit="Seconds", highest=1_209_600),
        ),
        **named("SentMessageSize", Published(kind=Kind.SIZE, unit="Bytes", sparse=True)),
    },
)

_SNS: Final = Service(
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
    by=dimension_sets("", "TopicName"),
    at_least=dimension_sets("Application", "Platform", "PhoneNumber", "Country", "SMSType"),
    metrics={
        **named(
            "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed "
            "NumberOfNotificationsFilteredOut NumberOfNotificationsFilteredOut-MessageAttributes "
            "NumberOfNotificationsFilteredOut-MessageBody NumberOfNotificationsFilteredOut-InvalidAttributes "
            "NumberOfNotificationsFilteredOut-NoMessageAttributes "
            "NumberOfNotificationsFilteredOut-InvalidMessageBody NumberOfNotificationsRedrivenToDlq "
            "NumberOfNotificationsFailedToRedriveToDlq PhoneNumberDirect",
            _RARE,
        ),
        **named("PublishSize", Published(kind=Kind.SIZE, unit="Bytes", sparse=True)),
        **named("SMSSuccessRate", Published(kind=Kind.SHARE, highest=1, sparse=True)),
        **named("SMSMonthToDateSpentUSD", Published(kind=Kind.LEVEL)),
    },
)

_EVENTBRIDGE: Final = Service(
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
    by=dimension_sets("", "RuleName", "EventBusName", "EventBusName RuleName"),
    at_least=dimension_sets("EventSourceName"),
    metrics={
        **named(
            "DeadLetterInvocations Events FailedInvocations Invocations InvocationsCreated InvocationAttempts "
            "InvocationsFailedToBeSentToDlq InvocationsSentToDlq MatchedEvents RetryInvocationAttempts "
            "SuccessfulInvocationAttempts ThrottledRules TriggeredRules PutEventsApproximateCallCount "
            "PutEventsApproximateFailedCount PutEventsApproximateSuccessCount PutEventsApproximateThrottledCount "
            "PutEventsEntriesCount PutEventsFailedEntriesCount PutPartnerEventsApproximateCallCount "
            "PutPartnerEventsApproximateFailedCount PutPartnerEventsApproximateSuccessCount "
            "PutPartnerEventsApproximateThrottledCount PutPartnerEventsEntriesCount "
            "PutPartnerEventsFailedEntriesCount",
            _RARE,
        ),
        **named(
            "IngestionToInvocationCompleteLatency IngestionToInvocationStartLatency PutEventsLatency "
            "PutPartnerEventsLatency",
            Published(kind=Kind.TIME, unit="Milliseconds", sparse=True),
        ),
        **named("IngestionToInvocationSuccessLatency", Published(kind=Kind.TIME, sparse=True)),
        **named("PutEventsRequestSize", Published(kind=Kind.SIZE, sparse=True)),
    },
)

_SCHEDULER: Final = Service(
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
    by=dimension_sets("", "ScheduleGroup"),
    metrics=named(
        "InvocationAttemptCount TargetErrorCount TargetErrorThrottledCount InvocationThrottleCount "
        "InvocationDroppedCount InvocationsSentToDeadLetterCount InvocationsFailedToBeSentToDeadLetterCount "
        "InvocationsSentToDeadLetterCount_Truncated_MessageSizeExceeded",
        Published(kind=Kind.EVENTS, sparse=True),
    ),
    going_on=("InvocationsFailedToBeSentToDeadLetterCount_",),
)

_PIPES: Final = Service(
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html",
    by=dimension_sets("PipeName"),
    at_least=dimension_sets("AwsAccountId"),
    metrics={
        **named("Concurrency", Published(kind=Kind.LEVEL)),
        **named(
            "EventCount ExecutionFailed ExecutionPartiallyFailed ExecutionThrottled ExecutionTimeout Invocations "
            "EnrichmentStageFailed TargetStageFailed TargetStagePartiallyFailed TargetStageSkipped",
            Published(kind=Kind.EVENTS, sparse=True),
        ),
        **named(
            "Duration EnrichmentStageDuration TargetStageDuration",
            Published(kind=Kind.TIME, unit="Milliseconds", sparse=True),
        ),
        **named("EventSize", Published(kind=Kind.SIZE, unit="Bytes", sparse=True)),
    },
)

SERVICES: Final[Mapping[str, Service]] = {
    "AWS/SQS": _SQS,
    "AWS/SNS": _SNS,
    "AWS/Events": _EVENTBRIDGE,
    "AWS/Scheduler": _SCHEDULER,
    "AWS/EventBridge/Pipes": _PIPES,
}
