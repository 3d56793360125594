"""One topic of alarms a stack, which can really deliver."""

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.chat import ChatChannels
from constructs_lib.alarms.routing.queue_subscription import check_queue
from constructs_lib.alarms.routing.route import AlarmRoute, Route
from constructs_lib.alarms.routing.subscribers import SubscriberCheck
from constructs_lib.alarms.routing.undelivered import Undelivered, ops_item
from constructs_lib.checks import Check, is_token
from constructs_lib.sharing import SharedInStack

__all__ = ["AlarmTopic", "route_or_topic"]


def route_or_topic(scope: Construct, route: Route | None) -> Route:
    """`route`, or that of the `AlarmTopic` of the stack that `scope` is in, made on first use."""
    return AlarmTopic.of(scope).route if route is None else route


class AlarmTopic(SharedInStack):
    """An encrypted SNS topic that alarms can publish to.

    CloudWatch publishes only where the topic's policy *and* the key's policy both let it, and says nothing
    where they do not. SNS's own default policy would, but any statement that is added (TLS only, say) replaces
    it; the AWS managed key ``alias/aws/sns`` never does.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services

    What SNS cannot deliver to the subscribers that `add_email`, `add_https`, `add_queue` and `add_function` add goes to
    one dead-letter queue, and an alarm tells of it another way; both are made with the first of them.

    Made under the id ``AlarmTopic`` in a stack, before anything uses it, it is the one that `of` finds.

    Attributes:
        topic: the topic.
        key: its customer managed key, which costs a dollar a month: share the topic within a stack.
        route: an `AlarmRoute` to it.
    """

    ID = "AlarmTopic"
    OUTERMOST = True

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        undelivered: AlarmRoute | None = None,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Make the topic.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            undelivered: what the alarm on failed deliveries does; it must not need this topic. Left out: it opens an
                OpsItem in Systems Manager, which is a record and wakes nobody.
            encryption_key: the topic's key. Left out: one is made.

        Raises:
            ConfigurationError: an argument that cannot work, or the id is taken.
        """
        check = Check(scope, construct_id)
        check.instance("undelivered", undelivered, AlarmRoute, None)
        if undelivered is not None:
            undelivered.check(check, "undelivered")
        check.offers("encryption_key", encryption_key, "key_arn", remedy="Give a key of KMS.")
        check.require(
            scope.node.try_find_child(construct_id) is None,
            "this id is taken.",
            remedy="Give it another id, or make the stack's own topic before anything that uses it.",
        )
        super().__init__(scope, construct_id)
        self._undelivered_route = undelivered
        self._undelivered: Undelivered | None = None
        self._chat: ChatChannels | None = None
        self.key: kms.IKey = encryption_key or kms.Key(
            self,
            "Key",
            description="Alarm notifications",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,  # it encrypts only what is on its way
        )
        self.topic = sns.Topic(self, "Topic", master_key=self.key, enforce_ssl=True)
        self.route = AlarmRoute.to_topic(self.topic)
        self._listeners = SubscriberCheck(self, self.topic)
        self.node.add_validation(self._listeners)

    @property
    def dead_letter_queue(self) -> sqs.Queue:
        """Where undeliverable notifications wait; it and the alarms on them are made on first use."""
        return self._watched().queue

    def add_subscription(self, subscription: sns.ITopicSubscription) -> sns.Subscription:
        """Let somebody know in any way that SNS knows, such as SMS.

        The subscription comes as it is: its dead-letter queue, say `dead_letter_queue`, is its own setting.
        """
        return self._subscribe(subscription)

    def add_email(self, address: str) -> sns.Subscription:
        """Let `address` know, once its owner has confirmed; until then SNS sends nothing and counts no failure."""
        self._check_text("address", address, "@", "an e-mail address")
        return self._subscribe(
            subscriptions.EmailSubscription(address, dead_letter_queue=self.dead_letter_queue)
        )

    def add_https(self, url: str) -> sns.Subscription:
        """Let an endpoint know, once it has confirmed; until then SNS sends nothing and counts no failure."""
        self._check_text("url", url, "https://", "an address that starts with https://")
        return self._subscribe(
            subscriptions.UrlSubscription(
                url, protocol=sns.SubscriptionProtocol.HTTPS, dead_letter_queue=self.dead_letter_queue
            )
        )

    def add_queue(self, queue: sqs.IQueue) -> sns.Subscription:
        """Put notifications into `queue`; it and its key are told to let SNS, where the app owns them."""
        check_queue(self._check(), queue, self.key)
        return self._subscribe(subscriptions.SqsSubscription(queue, dead_letter_queue=self.dead_letter_queue))

    def add_function(self, function: lambda_.IFunction) -> sns.Subscription:
        """Invoke `function` with notifications; what it fails on afterwards is its own to keep."""
        self._check().offers(
            "function", function, "function_arn", remedy="Give a Lambda function or an alias."
        )
        return self._subscribe(
            subscriptions.LambdaSubscription(function, dead_letter_queue=self.dead_letter_queue)
        )

    def add_slack_channel(
        self, *, workspace_id: str, channel_id: str, name: str | None = None
    ) -> chatbot.SlackChannelConfiguration:
        """Show alarms in a channel of Slack.

        Somebody must have authorized the workspace for this account once, in the console of Amazon Q Developer in
        chat applications; a private channel must have invited the app.
        https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html

        Args:
            workspace_id: the id of the workspace.
            channel_id: the id of the channel.
            name: what the configuration is called, unique in the account. Left out: derived from the construct path.
        """
        return self._channels().add_slack(workspace_id=workspace_id, channel_id=channel_id, name=name)

    def add_teams_channel(
        self, *, tenant_id: str, team_id: str, channel_id: str, name: str | None = None
    ) -> chatbot.CfnMicrosoftTeamsChannelConfiguration:
        """Show alarms in a channel of Microsoft Teams.

        Somebody must have authorized the team for this account once, in the console of Amazon Q Developer in chat
        applications. https://docs.aws.amazon.com/chatbot/latest/adminguide/teams-setup.html

        Args:
            tenant_id: the id of the tenant.
            team_id: the id of the team.
            channel_id: the id of the channel, as its link shows it.
            name: what the configuration is called, unique in the account. Left out: derived from the construct path.
        """
        return self._channels().add_teams(
            tenant_id=tenant_id, team_id=team_id, channel_id=channel_id, name=name
        )

    def _watched(self) -> Undelivered:
        if self._undelivered is None:
            route = self._undelivered_route or ops_item()
            self._undelivered = Undelivered(self, "Undelivered", topic=self.topic, route=route)
        return self._undelivered

    def _channels(self) -> ChatChannels:
        if self._chat is None:
            self._chat = ChatChannels(self, "Chat", topic=self.topic)
        return self._chat

    def _subscribe(self, subscription: sns.ITopicSubscription) -> sns.Subscription:
        try:
            added = self.topic.add_subscription(subscription)
        except RuntimeError as error:  # CDK's way to refuse an argument
            self._check().fail(
                f"CDK refuses the subscription: {error}", remedy="Add each subscriber once.", cause=error
            )
        self._listeners.subscribed = True
        return added

    def _check_text(self, name: str, value: str, part: str, wanted: str) -> None:
        check = self._check()
        check.instance(name, value, str)
        fits = value.startswith(part) if part.endswith("/") else part in value
        check.require(is_token(value) or fits, f"{name} is {value!r}.", remedy=f"Give {wanted}.")

    def _check(self) -> Check:
        return Check(self, "")
