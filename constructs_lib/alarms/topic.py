"""One topic of alarms a stack, which can really deliver."""

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct, IValidation

from constructs_lib.alarms.route import AlarmRoute, SeverityRoute
from constructs_lib.checks import is_token
from constructs_lib.sharing import SharedInStack

__all__ = ["AlarmTopic", "route_or_topic"]


def route_or_topic(scope: Construct, route: AlarmRoute | SeverityRoute | None) -> AlarmRoute | SeverityRoute:
    """`route`, or that of the `AlarmTopic` of the stack that `scope` is in, made on first use."""
    return AlarmTopic.of(scope).route if route is None else route


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
