"""What a topic of alarms could not deliver: kept, and told another way."""

from dataclasses import dataclass
from functools import cache, partial
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.route import AlarmRoute
from constructs_lib.alarms.table.alarm_template import AlarmTemplate, IncludedAlarms
from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity
from constructs_lib.checks import Check, acknowledge

__all__ = ["Undelivered", "ops_item"]

_SNS_METRICS = "https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html"
_COMPOSITE = "Undelivered"
_COMPOSITE_TEXT = (
    "[critical] Notifications of alarms reach nobody: SNS could not deliver them. The rule names what was found. "
    "This alarm goes another way than the topic."
)
_FINDINGS = ("AwsSolutions::AwsSolutions-SQS3", "Serverless::Serverless-SQSRedrivePolicy")
_REASON = "This queue is where undeliverable notifications end: it is the dead-letter queue, and has none of its own."

_row = partial(
    AlarmDefinition,
    threshold=1,
    unit="notifications",
    evaluation_periods=1,
    datapoints_to_alarm=1,
    severity=Severity.CRITICAL,
    profile=Profile.ESSENTIAL,
    source=_SNS_METRICS,
)
_of_topic = partial(
    _row, namespace="AWS/SNS", dimensions={"TopicName": "topic_name"}, statistic="Sum", period=300
)
_ROWS = (
    _of_topic(
        name="failed",
        metric="NumberOfNotificationsFailed",
        means="SNS could not deliver the notification of an alarm; for HTTPS, every failed attempt counts.",
        cause="an endpoint that is gone or refuses, or a queue, key or function whose policy does not let SNS.",
        query="aws sns list-subscriptions-by-topic, then the policy of each endpoint.",
    ),
    _of_topic(
        name="failed_to_keep",
        metric="NumberOfNotificationsFailedToRedriveToDlq",
        means="SNS could neither deliver the notification of an alarm nor keep it: it is lost.",
        cause="the dead-letter queue is gone, or its policy does not let SNS.",
        query="aws sqs get-queue-attributes --attribute-names Policy on the topic's dead-letter queue.",
    ),
    _row(
        name="kept",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": "queue_name"},
        statistic="Maximum",
        treat_missing_data="ignore",  # SQS may stop publishing for an idle queue: what lies in it still lies there
        means="The notification of an alarm was given up and waits in the topic's dead-letter queue.",
        cause="an endpoint that is gone or refuses; the message's attributes name the subscription.",
        query="aws sqs receive-message on the queue: it says which alarm rang unheard.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What the rows read."""

    topic_name: str
    queue_name: str


@cache
def _retention() -> cdk.Duration:
    # The longest that SQS keeps a message:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    return cdk.Duration.days(14)


@cache
def ops_item() -> AlarmRoute:
    """An OpsItem in Systems Manager OpsCenter.

    It needs neither SNS nor a subscriber. CloudWatch makes the service-linked role that it needs with the first such
    alarm, for which whoever deploys must be allowed to call iam:CreateServiceLinkedRole.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-configuring-an-existing-alarm-programmatically.html
    """
    return AlarmRoute(
        alarm=[
            cloudwatch_actions.SsmAction(
                cloudwatch_actions.OpsItemSeverity.HIGH, cloudwatch_actions.OpsItemCategory.AVAILABILITY
            )
        ]
    )


class Undelivered(Construct):
    """A dead-letter queue for the subscriptions of a topic, and alarms on what the topic could not deliver.

    Attributes:
        queue: the dead-letter queue.
        alarm: rings while a delivery fails or a notification lies in the queue, and tells the route.
    """

    def __init__(self, scope: Construct, construct_id: str, *, topic: sns.Topic, route: AlarmRoute) -> None:
        """Make the queue and the alarms.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            topic: the topic.
            route: what the alarm does.

        Raises:
            ConfigurationError: `route` leads back to `topic`.
        """
        check = Check(scope, construct_id)
        with check.all_or_nothing():
            super().__init__(scope, construct_id)
            self.queue = sqs.Queue(
                self,
                "Queue",
                # SNS may use the keys of SQS, as it does in every queue that names no encryption at all.
                # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
                encryption=sqs.QueueEncryption.SQS_MANAGED,
                enforce_ssl=True,
                retention_period=_retention(),
                removal_policy=cdk.RemovalPolicy.RETAIN,
            )
            acknowledge(self.queue, dict.fromkeys(_FINDINGS, _REASON))
            template = AlarmTemplate()
            subject = _Subject(topic_name=topic.topic_name, queue_name=self.queue.queue_name)
            for row in _ROWS:
                template.add(row, subject)
            template.compose(_COMPOSITE, _COMPOSITE_TEXT, [row.construct_id for row in _ROWS], {}, {})
            alarms = IncludedAlarms(self, "Alarms", template)
            self.alarm = cast("cloudwatch.CfnCompositeAlarm", alarms.get_resource(_COMPOSITE))
            route.bind(self, self.alarm)
            check.require(
                not _leads_to(topic, route, self.alarm),
                "undelivered leads to the topic whose failures it tells of.",
                remedy="Name another way: an OpsItem, a function, or a topic with other subscribers.",
            )


def _leads_to(topic: sns.Topic, route: AlarmRoute, alarm: cloudwatch.CfnCompositeAlarm) -> bool:
    arns = [*(alarm.alarm_actions or []), *(alarm.ok_actions or []), *(alarm.insufficient_data_actions or [])]
    targets = [target for change in route.state_changes() for target in change.targets]
    return topic.topic_arn in arns or any(getattr(target, "topic", None) is topic for target in targets)
