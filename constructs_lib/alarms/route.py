"""Where alarms go: to actions that the user names, or to one topic per stack that can really deliver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct, IValidation

from constructs_lib.checks import Check, is_token
from constructs_lib.sharing import SharedInStack

__all__ = ["AlarmRoute", "AlarmTopic"]

_MAXIMUM_ACTIONS = 5
_CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class AlarmRoute:
    """What an alarm does when its state changes.

    Attributes:
        alarm: SNS topics and other CDK alarm actions on the way to ALARM, at most 5.
        ok: likewise on the way back to OK. Left out: none.
    """

    alarm: Sequence[sns.ITopic | cloudwatch.IAlarmAction]
    ok: Sequence[sns.ITopic | cloudwatch.IAlarmAction] = ()

    @classmethod
    def to_topic(cls, topic: sns.ITopic, *, ok: bool = False) -> "AlarmRoute":
        """Everything to one SNS topic; with `ok` also the way back.

        A topic that is made in the app, and its key, are told to let CloudWatch publish: the topic then has a
        policy of its own in place of SNS's default. A key that cannot be told (imported, or the AWS managed one) is
        a warning. An imported topic is taken on trust.
        """
        if isinstance(topic, sns.Topic):
            let_cloudwatch_publish(topic)
        return cls(alarm=[topic], ok=[topic] if ok else [])

    def topic_arns(self, state: Literal["alarm", "ok"]) -> list[str]:
        """The ARNs of the topics among the actions of `state`."""
        return [topic.topic_arn for topic in getattr(self, state) if _is_topic(topic)]

    @property
    def has_other_actions(self) -> bool:
        """Whether there are actions that must be told which alarm they serve."""
        return not all(_is_topic(action) for action in (*self.alarm, *self.ok))

    def bind(
        self, scope: Construct, resource: cloudwatch.CfnCompositeAlarm, alarm: cloudwatch.IAlarm
    ) -> None:
        """Set all actions on `resource`, in the order they were given in."""
        resource.alarm_actions = [_arn(action, scope, alarm) for action in self.alarm]
        resource.ok_actions = [_arn(action, scope, alarm) for action in self.ok]

    def check(self, check: Check) -> None:
        """Fail with more actions than an alarm can have.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
        """
        for name, given in (("alarm", self.alarm), ("ok", self.ok)):
            check.instance(f"alarm_route.{name}", given, list, tuple)
        check.require(
            len(self.alarm) > 0,
            "alarm_route.alarm is empty: alarms would ring unheard.",
            remedy="Give a topic or another action, or switch the alarms off: FunctionAlarmSettings.none().",
        )
        for name, given in (("alarm", self.alarm), ("ok", self.ok)):
            for action in given:
                check.require(
                    _is_topic(action) or hasattr(action, "bind"),
                    f"alarm_route.{name} holds {action!r}.",
                    remedy="Give SNS topics and CDK alarm actions.",
                )
            check.require(
                len({id(action) for action in given}) == len(given),
                f"alarm_route.{name} names an action twice.",
                remedy="Name it once.",
            )
            check.require(
                len(given) <= _MAXIMUM_ACTIONS,
                f"alarm_route.{name} has {len(given)} actions.",
                remedy=f"An alarm takes {_MAXIMUM_ACTIONS} per state: send one to a topic and subscribe there.",
            )


def _is_topic(action: sns.ITopic | cloudwatch.IAlarmAction) -> TypeGuard[sns.ITopic]:
    # Where the type knows, asking it saves a call into jsii; a proxy of several interfaces knows only itself.
    return hasattr(type(action), "topic_arn") or hasattr(action, "topic_arn")


def _arn(action: sns.ITopic | cloudwatch.IAlarmAction, scope: Construct, alarm: cloudwatch.IAlarm) -> str:
    if _is_topic(action):
        return action.topic_arn
    return cast("cloudwatch.IAlarmAction", action).bind(scope, alarm).alarm_action_arn


def let_cloudwatch_publish(topic: sns.Topic) -> None:
    """Tell `topic` and its key to let the alarms of this account publish.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    topic.add_to_resource_policy(_allow("AlarmsPublish", ["sns:Publish"], topic.topic_arn))
    key = topic.master_key
    if key is None:
        return
    told = key.add_to_resource_policy(_allow("AlarmsEncrypt", ["kms:Decrypt", "kms:GenerateDataKey*"], "*"))
    if not told.statement_added:
        cdk.Annotations.of(topic).add_warning_v2(
            "constructs-lib:alarm-key-untold",
            "This topic's key is imported, so it was not told to let CloudWatch use it. Its policy must allow "
            "kms:Decrypt and kms:GenerateDataKey* to cloudwatch.amazonaws.com; alias/aws/sns never does. "
            "AlarmTopic comes with a key that does.",
        )


def _allow(sid: str, actions: list[str], resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.ServicePrincipal(_CLOUDWATCH)],
        actions=actions,
        resources=[resource],
        conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )


class AlarmTopic(SharedInStack):
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
    OUTERMOST = True

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make the topic and its key."""
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="Alarm notifications",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,  # it encrypts only what is on its way
        )
        self.topic = sns.Topic(self, "Topic", master_key=self.key, enforce_ssl=True)
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
        # The token itself, not what it resolves to, which is the same Ref in every stack.
        arn = self._topic.topic.topic_arn
        if not any(arn in _listened(node, self._topic) for node in self._topic.node.root.node.find_all()):
            cdk.Annotations.of(self._topic).add_warning_v2(
                "constructs-lib:alarm-topic-unsubscribed",
                "Nobody subscribes to this alarm topic, so its alarms ring unheard. Add a subscription: "
                "AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription('you@example.com')), "
                "or give your functions an alarm_route of your own.",
            )
        return []


def _listened(node: IConstruct, topic: AlarmTopic) -> Sequence[str]:
    """The ARNs of the topics that `node` listens to, as far as they can be told apart from `topic`."""
    if isinstance(node, sns.CfnSubscription):
        return [node.topic_arn]
    if isinstance(node, chatbot.CfnSlackChannelConfiguration | chatbot.CfnMicrosoftTeamsChannelConfiguration):
        arns = node.sns_topic_arns or []
        stack = cdk.Stack.of(topic)
        if not is_token(arns) or cdk.Stack.of(node).node.path != stack.node.path:
            return arns
        # CDK's own construct keeps a list that is read later: only within a stack does a Ref tell which topic.
        known = stack.resolve(topic.topic.topic_arn)
        return [topic.topic.topic_arn] if known in stack.resolve(arns) else []
    return []
