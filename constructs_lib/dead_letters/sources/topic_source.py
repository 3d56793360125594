"""Messages of an SNS topic as what a function is called with."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import TopicAlarms, TopicAlarmSettings
from constructs_lib.checks import Check, acknowledge
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.common import check_common, keep_redriving
from constructs_lib.dead_letters.sources.deliveries import (
    delivery_dead_letters,
    depth_alarm,
    warn_unless_failures_are_kept,
)

__all__ = ["TOPIC_SOURCE_ALARMS", "TopicSource"]

TOPIC_SOURCE_ALARMS = TopicAlarmSettings(failed_notifications=None, dead_letters=None)
"""Without the alarms on what is kept anyway: that on the depth of the queue tells, and goes on."""

# What GenerateDataKey* comes to for a symmetric key, without the pattern:
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
_PUBLISHERS_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")
_QUALIFIED = "SNS invokes an alias or a version as it does a function."
_MOST_FILTERED = 5
"""Attributes of a filter policy: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html"""


class TopicSource(Construct):
    """A function's subscription to a topic that keeps what could not be handed over, and tells.

    SNS hands a message to Lambda and does not wait: what the function then fails on goes to the function's own dead
    letters (`add_dead_letters`, which a `ResilientFunction` has). Where it has none, a warning says so.

    Attributes:
        topic: the topic.
        encryption_key: the key of a topic that was made; else what was given.
        subscription: the function's subscription.
        dead_letter_queue: what could not be handed to the function.
        alarms: those on the topic; None where they are switched off.
        dead_letter_depth: rings while something lies in the queue; likewise.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        topic: sns.ITopic | None = None,
        filter_policy: Mapping[str, sns.SubscriptionFilter] | None = None,
        filter_policy_with_message_body: Mapping[str, sns.FilterOrPolicy] | None = None,
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - a frozen value
        alarms: TopicAlarmSettings | None = TOPIC_SOURCE_ALARMS,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Call `function` with the messages of `topic`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction`, its alias.
            topic: a standard topic of the stack's account and Region. Left out: one of its own, encrypted and TLS only.
            filter_policy: which messages, by their attributes. Left out: all.
            filter_policy_with_message_body: which messages, by their body, which is a JSON object then. Left out: all.
            redrive: how dead letters are given to the function again. None: nobody does.
            alarms: profile, thresholds, and what is switched off of the alarms on the topic. None: there are none, and
                none on the depth of the dead-letter queue.
            alarm_route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            encryption_key: the key of the dead-letter queue, and of a topic that is made. Left out: the queue uses the
                keys of SQS, and a topic that is made gets a key of its own.
            removal_policy: what becomes of the queue with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_common(
            check,
            function=function,
            written_by=WrittenBy.TOPIC,
            redrive=redrive,
            alarms=alarms,
            alarms_kind=TopicAlarmSettings,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check_route(check, alarm_route)
        _check_topic(check, topic)
        _check_filters(check, filter_policy, filter_policy_with_message_body)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.encryption_key = encryption_key
            self.topic = topic or self._made_topic()
            self.dead_letter_queue = delivery_dead_letters(
                self,
                service="sns.amazonaws.com",
                encryption_key=encryption_key,
                removal_policy=removal_policy,
            )
            function.add_permission(
                f"Invoke{self.node.addr[-8:]}",
                principal=iam.ServicePrincipal("sns.amazonaws.com"),
                source_arn=self.topic.topic_arn,
                scope=self,
            )
            self.subscription = sns.Subscription(
                self,
                "Subscription",
                topic=self.topic,
                protocol=sns.SubscriptionProtocol.LAMBDA,
                endpoint=function.function_arn,
                dead_letter_queue=self.dead_letter_queue,
                filter_policy=filter_policy,
                filter_policy_with_message_body=filter_policy_with_message_body,
            )
            if isinstance(function, lambda_.Alias | lambda_.Version):
                acknowledge(self.subscription, {"CloudFormation-Validate::W3694": _QUALIFIED})
            warn_unless_failures_are_kept(self, function)
            self.alarms: TopicAlarms | None = None
            self.dead_letter_depth: ThresholdAlarm | None = None
            if alarms is not None:
                self.alarms = TopicAlarms(
                    self,
                    "Alarms",
                    topic=self.topic,
                    has_dead_letters=True,
                    has_filters=bool(filter_policy or filter_policy_with_message_body),
                    settings=alarms,
                    route=alarm_route,
                )
                self.dead_letter_depth = depth_alarm(
                    self, self.dead_letter_queue, sender="SNS", route=alarm_route
                )
            keep_redriving(
                self,
                self.dead_letter_queue,
                written_by=WrittenBy.TOPIC,
                function=function,
                redrive=redrive,
            )

    def grant_publish(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` publish to the topic, and use its key."""
        key = self.topic.master_key if isinstance(self.topic, sns.Topic) else None
        if key is not None:
            key.grant(grantee, *_PUBLISHERS_KEY_ACTIONS)
        return iam.Grant.add_to_principal_or_resource(
            grantee=grantee,
            actions=["sns:Publish"],
            resource_arns=[self.topic.topic_arn],
            resource=self.topic,
        )

    def _made_topic(self) -> sns.Topic:
        # The AWS managed key alias/aws/sns lets no service publish, neither alarms nor rules nor buckets:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        if self.encryption_key is None:
            self.encryption_key = kms.Key(
                self,
                "Key",
                description="Messages on their way through a topic",
                enable_key_rotation=True,
                removal_policy=cdk.RemovalPolicy.DESTROY,  # it encrypts only what is on its way
            )
        return sns.Topic(self, "Topic", master_key=self.encryption_key, enforce_ssl=True)


def _check_topic(check: Check, topic: sns.ITopic | None) -> None:
    """Fail where a function cannot subscribe: https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html."""
    check.offers("topic", topic, "topic_arn", remedy="Give an aws_cdk.aws_sns.Topic, made or imported.")
    check.require(
        topic is None or not topic.fifo,
        "topic is a FIFO topic, which delivers to queues only.",
        remedy="Subscribe the queue of a QueueSource to it, or give a standard topic.",
    )


def _check_filters(
    check: Check,
    by_attributes: Mapping[str, sns.SubscriptionFilter] | None,
    by_body: Mapping[str, sns.FilterOrPolicy] | None,
) -> None:
    check.require(
        by_attributes is None or by_body is None,
        "filter_policy and filter_policy_with_message_body are both given.",
        remedy="A subscription has one filter policy, on the attributes or on the body: leave one out.",
    )
    for name, policy in (("filter_policy", by_attributes), ("filter_policy_with_message_body", by_body)):
        check.instance(name, policy, Mapping, None)
        check.require(
            policy is None or 0 < len(policy) <= _MOST_FILTERED,
            f"{name} has {len(policy or ())} keys.",
            remedy=f"Give 1 to {_MOST_FILTERED}, or leave it out for all messages.",
        )
