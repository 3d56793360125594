"""Whether anybody in an app listens to a topic of alarms."""

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct, IValidation

from constructs_lib.checks import is_token

__all__ = ["SubscriberCheck"]


@jsii.implements(IValidation)
class SubscriberCheck:
    """Warns at synthesis about a topic that nobody in the app subscribes to."""

    def __init__(self, owner: Construct, topic: sns.Topic) -> None:
        """Warn at `owner` about `topic`."""
        self._owner = owner
        self._topic = topic
        self.subscribed = False
        """Set where the owner has added a subscription itself; otherwise the whole app is searched for one."""

    def validate(self) -> list[str]:
        """Warn, unless somebody subscribes."""
        if self.subscribed:
            return []
        # The token itself, not what it resolves to, which is the same Ref in every stack.
        arn = self._topic.topic_arn
        if not any(arn in _listened(node, self._topic) for node in self._owner.node.root.node.find_all()):
            cdk.Annotations.of(self._owner).add_warning_v2(
                "constructs-lib:alarm-topic-unsubscribed",
                "Nobody subscribes to this alarm topic, so its alarms ring unheard. Add a subscription: "
                "AlarmTopic.of(stack).add_email('you@example.com'), or give functions, alarms or Watch a route of your "
                "own.",
            )
        return []


def _listened(node: IConstruct, topic: sns.Topic) -> Sequence[str]:
    """The ARNs of the topics that `node` listens to, as far as they can be told apart from `topic`."""
    if isinstance(node, sns.CfnSubscription):
        return [node.topic_arn]
    if isinstance(node, chatbot.CfnSlackChannelConfiguration | chatbot.CfnMicrosoftTeamsChannelConfiguration):
        arns = node.sns_topic_arns or []
        stack = cdk.Stack.of(topic)
        if not is_token(arns) or cdk.Stack.of(node).node.path != stack.node.path:
            return arns
        # CDK's own construct keeps a list that is read later: only within a stack does a Ref tell which topic.
        known = stack.resolve(topic.topic_arn)
        return [topic.topic_arn] if known in stack.resolve(arns) else []
    return []
