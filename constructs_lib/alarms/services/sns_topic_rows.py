"""The alarms of an SNS topic, one row each."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["TOPIC_ALARMS"]

_row = partial(
    AlarmDefinition,
    namespace="AWS/SNS",
    dimensions={"TopicName": "topic_name"},
    statistic="Sum",
    threshold=1,
    evaluation_periods=1,
    datapoints_to_alarm=1,
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#SNS",
)
_DELIVERIES = "the topic's delivery status log (SUCCESS and FAILURE per protocol), which must be switched on."

TOPIC_ALARMS: tuple[AlarmDefinition, ...] = (
    _row(
        name="failed_notifications",
        metric="NumberOfNotificationsFailed",
        unit="notifications",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="Somebody who subscribes was not reached; of HTTPS endpoints every attempt counts.",
        cause="an endpoint that is gone or refuses SNS, or a queue whose policy or key does.",
        query=f"aws sns list-subscriptions-by-topic --topic-arn ARN, then {_DELIVERIES}",
    ),
    _row(
        name="dead_letters",
        metric="NumberOfNotificationsRedrivenToDlq",
        unit="notifications",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="Notifications could not be delivered and wait in a subscription's dead-letter queue.",
        cause="an endpoint that is gone or refuses SNS, or a queue whose policy or key does.",
        query=f"aws sqs receive-message --queue-url URL shows what was not delivered; why not is in {_DELIVERIES}",
    ),
    _row(
        name="dead_letter_failures",
        metric="NumberOfNotificationsFailedToRedriveToDlq",
        unit="notifications",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="A notification could not even be put into the dead-letter queue: it is lost.",
        cause="the queue's policy or key does not let SNS in, or the queue is gone.",
        query="aws sqs get-queue-attributes --attribute-names Policy KmsMasterKeyId --queue-url URL.",
    ),
    _row(
        name="invalid_attributes",
        metric="NumberOfNotificationsFilteredOut-InvalidAttributes",
        unit="notifications",
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        needs=("has_filters",),
        means="Notifications were withheld from subscriptions because their attributes cannot be read.",
        cause="a publisher that writes attributes of another type than String, Number or String.Array.",
        query="the code of whoever publishes: the MessageAttributes that it sends.",
    ),
    _row(
        name="invalid_bodies",
        metric="NumberOfNotificationsFilteredOut-InvalidMessageBody",
        unit="notifications",
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        needs=("has_filters",),
        means="Notifications were withheld from subscriptions that filter by the body because it cannot be read.",
        cause="a publisher that sends something else than a JSON object.",
        query="the code of whoever publishes: the message that it sends.",
    ),
)
