"""Where alarms go: to actions that the user names, or to one topic per stack that can really deliver."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct, IValidation

from constructs_lib.checks import Check

__all__ = ["AlarmRoute", "AlarmTopic"]

_MAXIMUM_ACTIONS = 5
_CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class AlarmRoute:
    """What an alarm does when its state changes.

    Attributes:
        alarm: actions on the way to ALARM, at most 5.
        ok: actions on the way back to OK, at most 5. Left out: none.
    """

    alarm: Sequence[cloudwatch.IAlarmAction]
    ok: Sequence[cloudwatch.IAlarmAction] = ()

    @classmethod
    def to_topic(cls, topic: sns.ITopic, *, ok: bool = False) -> "AlarmRoute":
        """Everything to one SNS topic; with `ok` also the way back.

        Nothing arrives unless the topic's policy and its key let CloudWatch publish: `AlarmTopic` is made so.
        """
        action = actions.SnsAction(topic)
        return cls(alarm=[action], ok=[action] if ok else [])

    def check(self, check: Check) -> None:
        """Fail with more actions than an alarm can have.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
        """
        for name, given in (("alarm", self.alarm), ("ok", self.ok)):
            check.require(
                len(given) <= _MAXIMUM_ACTIONS,
                f"alarm_route.{name} has {len(given)} actions.",
                remedy=f"An alarm takes {_MAXIMUM_ACTIONS} per state: send one to a topic and subscribe there.",
            )


class AlarmTopic(Construct):
    """An encrypted SNS topic that alarms can publish to.

    CloudWatch publishes only where the topic's policy *and* the key's policy both let it, and says nothing
    where they do not. SNS's own default policy would, but any statement that is added (TLS only, say) replaces
    it; the AWS managed key ``alias/aws/sns`` never does.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services

    Attributes:
        topic: the topic; subscribe people here.
        key: its customer managed key, which costs a dollar a month: share the topic within a stack.
    """

    ID = "AlarmTopic"

    @classmethod
    def of(cls, scope: Construct) -> "AlarmTopic":
        """The topic that the stack of `scope` shares, made on first use."""
        stack = cdk.Stack.of(scope)
        found = stack.node.try_find_child(cls.ID)
        return found if isinstance(found, cls) else cls(stack, cls.ID)

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make the topic and its key."""
        super().__init__(scope, construct_id)
        account = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        cloudwatch_principal = iam.ServicePrincipal(_CLOUDWATCH)
        self.key = kms.Key(self, "Key", description="Alarm notifications", enable_key_rotation=True)
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsEncrypt",
                principals=[cloudwatch_principal],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions=account,
            )
        )
        self.topic = sns.Topic(self, "Topic", master_key=self.key, enforce_ssl=True)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[cloudwatch_principal],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=account,
            )
        )
        self.route = AlarmRoute.to_topic(self.topic)
        self.node.add_validation(_SubscriberCheck(self))

    def add_subscription(self, subscription: sns.ITopicSubscription) -> None:
        """Let somebody know: e-mail, SMS, HTTPS, a queue or a function."""
        self.topic.add_subscription(subscription)


@jsii.implements(IValidation)
class _SubscriberCheck:
    """Warns at synthesis about a topic that nobody in the app subscribes to."""

    def __init__(self, topic: AlarmTopic) -> None:
        self._topic = topic

    def validate(self) -> list[str]:
        arn = cdk.Stack.of(self._topic).resolve(self._topic.topic.topic_arn)
        subscriptions = (
            node for node in self._topic.node.root.node.find_all() if isinstance(node, sns.CfnSubscription)
        )
        if not any(cdk.Stack.of(node).resolve(node.topic_arn) == arn for node in subscriptions):
            cdk.Annotations.of(self._topic).add_warning_v2(
                "constructs-lib:alarm-topic-unsubscribed",
                "Nobody subscribes to this alarm topic, so its alarms ring unheard. Add a subscription: "
                "AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription('you@example.com')), "
                "or give your functions an alarm_route of your own.",
            )
        return []
