from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Match

from constructs_lib.alarms import AlarmRoute, AlarmTopic, FunctionAlarms, FunctionSubject
from constructs_lib.checks import ConfigurationError
from tests.delivery import lost_alarms
from tests.functions import plain_function
from tests.gates import findings
from tests.graph import circle, references
from tests.synthesis import RECOMMENDED, Synthesized, fresh_app, fresh_stack, synthesize, warnings_of

COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
TOPIC = "AWS::SNS::Topic"
SUBJECT = FunctionSubject(function_name="orders", qualifier="live")
SOURCE_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
UNSUBSCRIBED = "Nobody subscribes to this alarm topic"


def watch(stack: cdk.Stack, name: str = "Alarms", route: AlarmRoute | None = None) -> FunctionAlarms:
    return FunctionAlarms(stack, name, subject=SUBJECT, route=route)


@pytest.fixture(scope="module")
def shared() -> Synthesized:
    stack = fresh_stack()
    watch(stack)
    AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription("team@example.com"))
    return synthesize(stack)


class TestTopic:
    def test_its_policy_lets_cloudwatch_publish_for_this_account_and_nobody_without_tls(
        self, shared: Synthesized
    ) -> None:
        topic = {"Ref": shared.only_id(TOPIC)}
        policy = shared.only("AWS::SNS::TopicPolicy")

        assert policy["Topics"] == [topic]
        deny, allow = policy["PolicyDocument"]["Statement"]
        assert deny["Effect"] == "Deny"
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert allow == {
            "Sid": "AlarmsPublish",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": SOURCE_ACCOUNT,
        }

    def test_its_key_lets_cloudwatch_encrypt_for_this_account(self, shared: Synthesized) -> None:
        shared.template.has_resource_properties(
            "AWS::KMS::Key",
            {
                "EnableKeyRotation": True,
                "KeyPolicy": {
                    "Statement": Match.array_with(
                        [
                            {
                                "Sid": "AlarmsEncrypt",
                                "Effect": "Allow",
                                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                                "Resource": "*",
                                "Condition": SOURCE_ACCOUNT,
                            }
                        ]
                    )
                },
            },
        )
        assert shared.only(TOPIC)["KmsMasterKeyId"] == {
            "Fn::GetAtt": [shared.only_id("AWS::KMS::Key"), "Arn"]
        }

    def test_an_alarm_reaches_its_subscriber(self, shared: Synthesized) -> None:
        assert lost_alarms(shared.resources) == []

    def test_all_alarms_of_a_stack_share_it(self) -> None:
        stack = fresh_stack()
        for name in ("One", "Two", "Three"):
            watch(stack, name)

        found = synthesize(stack)

        found.template.resource_count_is(TOPIC, 1)
        found.template.resource_count_is("AWS::KMS::Key", 1)
        actions_of = {str(each["Properties"]["AlarmActions"]) for each in found.of_type(COMPOSITE).values()}
        assert len(actions_of) == 1
        assert AlarmTopic.of(stack) is AlarmTopic.of(stack)

    def test_every_stack_has_its_own(self) -> None:
        app = fresh_app()
        stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
        for stack in stacks:
            watch(stack)

        for stack in stacks:
            found = synthesize(stack)
            found.template.resource_count_is(TOPIC, 1)
            assert "Fn::ImportValue" not in str(found.body)
        assert AlarmTopic.of(stacks[0]) is not AlarmTopic.of(stacks[1])

    def test_fails_where_its_id_is_taken(self) -> None:
        stack = fresh_stack()
        sns.Topic(stack, "AlarmTopic")

        with pytest.raises(ConfigurationError, match=r"^Stack/AlarmTopic: this id is taken.*another id"):
            watch(stack)

        assert stack.node.try_find_child("Alarms") is None


Subscribe = Callable[[cdk.Stack, AlarmTopic], object]


class TestUnheardAlarms:
    def test_a_topic_that_nobody_subscribes_to_is_warned_about_once(self) -> None:
        stack = fresh_stack()
        watch(stack, "One")
        watch(stack, "Two")

        found = [text for text in warnings_of(stack) if UNSUBSCRIBED in text]

        assert len(found) == 1
        assert "add_subscription" in found[0]

    @pytest.mark.parametrize(
        "subscribe",
        [
            lambda _, topic: topic.add_subscription(subscriptions.EmailSubscription("team@example.com")),
            lambda stack, topic: topic.topic.add_subscription(
                subscriptions.SqsSubscription(sqs.Queue(stack, "Inbox"))
            ),
            lambda stack, topic: topic.topic.add_subscription(
                subscriptions.LambdaSubscription(plain_function(stack))
            ),
            lambda stack, topic: sns.Subscription(
                stack,
                "Pager",
                topic=topic.topic,
                protocol=sns.SubscriptionProtocol.HTTPS,
                endpoint="https://pager.example.com",
            ),
            lambda stack, topic: chatbot.SlackChannelConfiguration(
                stack,
                "Chat",
                slack_channel_configuration_name="alarms",
                slack_workspace_id="T0123456",
                slack_channel_id="C0123456",
                notification_topics=[topic.topic],
            ),
            lambda stack, topic: sns.CfnSubscription(
                stack, "Raw", topic_arn=topic.topic.topic_arn, protocol="sms", endpoint="+15550100"
            ),
        ],
        ids=["email", "queue", "function", "https", "chat", "raw"],
    )
    def test_any_subscription_ends_the_warning(self, subscribe: Subscribe) -> None:
        stack = fresh_stack()
        watch(stack)
        subscribe(stack, AlarmTopic.of(stack))

        assert not [text for text in warnings_of(stack) if UNSUBSCRIBED in text]

    def test_a_subscription_to_another_topic_does_not_end_it(self) -> None:
        stack = fresh_stack()
        watch(stack)
        sns.Topic(stack, "Other").add_subscription(subscriptions.EmailSubscription("team@example.com"))

        assert [text for text in warnings_of(stack) if UNSUBSCRIBED in text]

    def test_the_warning_can_be_acknowledged(self) -> None:
        stack = fresh_stack()
        watch(stack)
        cdk.Annotations.of(AlarmTopic.of(stack)).acknowledge_warning(
            "constructs-lib:alarm-topic-unsubscribed", "Another stack subscribes."
        )

        assert not [text for text in warnings_of(stack) if UNSUBSCRIBED in text]


class TestOwnRoute:
    def test_makes_no_topic(self) -> None:
        stack = fresh_stack()
        team = sns.Topic(stack, "Team")
        watch(stack, route=AlarmRoute.to_topic(team))

        found = synthesize(stack)

        assert list(found.of_type(TOPIC)) == [found.only_id(TOPIC, under="Team")]
        assert found.only(COMPOSITE)["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]
        assert "OKActions" not in found.only(COMPOSITE)

    def test_may_tell_of_the_way_back_too(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Team"), ok=True))

        health = synthesize(stack).only(COMPOSITE)

        assert health["OKActions"] == health["AlarmActions"]

    def test_makes_a_topic_of_the_app_and_its_key_deliver(self) -> None:
        stack = fresh_stack()
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        topic = sns.Topic(stack, "Team", enforce_ssl=True, master_key=key)
        topic.add_subscription(subscriptions.EmailSubscription("team@example.com"))
        watch(stack, route=AlarmRoute.to_topic(topic))

        assert lost_alarms(synthesize(stack).resources) == []

    def test_warns_of_a_key_that_cannot_be_told(self) -> None:
        stack = fresh_stack()
        key = kms.Alias.from_alias_name(stack, "Key", "alias/aws/sns")
        AlarmRoute.to_topic(sns.Topic(stack, "Team", master_key=key))

        assert [text for text in warnings_of(stack) if "alias/aws/sns never does" in text]

    def test_may_lead_to_an_imported_topic(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:sns:us-east-1:111122223333:team"
        watch(stack, route=AlarmRoute.to_topic(sns.Topic.from_topic_arn(stack, "Team", arn)))

        assert synthesize(stack).only(COMPOSITE)["AlarmActions"] == [arn]

    def test_may_be_any_action_of_cdk_in_the_order_given(self) -> None:
        # Without CDK's feature flag a function can serve one alarm only.
        stack = cdk.Stack(fresh_app(RECOMMENDED), "Stack")
        function, first, last = plain_function(stack), sns.Topic(stack, "First"), sns.Topic(stack, "Last")
        for name in ("One", "Two"):
            ways = (first, actions.LambdaAction(function), actions.SnsAction(last))
            watch(stack, name, route=AlarmRoute(alarm=ways, ok=[last]))

        found = synthesize(stack)

        for health in found.of_type(COMPOSITE).values():
            taken = [next(references(action)) for action in health["Properties"]["AlarmActions"]]
            assert taken == [
                found.only_id(TOPIC, under="First"),
                found.only_id("AWS::Lambda::Function"),
                found.only_id(TOPIC, under="Last"),
            ]
            assert health["Properties"]["OKActions"] == [{"Ref": found.only_id(TOPIC, under="Last")}]
        permissions = found.of_type("AWS::Lambda::Permission").values()
        assert {each["Properties"]["Principal"] for each in permissions} == {
            "lambda.alarms.cloudwatch.amazonaws.com"
        }
        assert len(permissions) == 2
        assert circle(found.resources) == []

    @pytest.mark.parametrize(
        ("count", "problem"), [(0, "is empty: alarms would ring unheard"), (2, "names an action twice")]
    )
    def test_fails_without_an_action_or_with_one_twice(self, count: int, problem: str) -> None:
        stack = fresh_stack()
        topic = sns.Topic(stack, "Team")

        with pytest.raises(ConfigurationError, match=rf"^Stack/Alarms: alarm_route\.alarm {problem}\."):
            watch(stack, route=AlarmRoute(alarm=[topic] * count))

        assert stack.node.try_find_child("Alarms") is None


def test_cdk_nag_has_nothing_to_say_but_that_nobody_listens() -> None:
    stack = fresh_stack()
    watch(stack)

    assert findings(stack.node.root) == []  # type: ignore[arg-type] # the root is the app


def test_a_lambda_alias_may_be_an_action() -> None:
    stack = fresh_stack()
    alias: lambda_.IFunction = plain_function(stack).add_alias("live")
    watch(stack, route=AlarmRoute(alarm=[actions.LambdaAction(alias)]))

    found = synthesize(stack)

    assert next(references(found.only(COMPOSITE)["AlarmActions"])) == found.only_id("AWS::Lambda::Alias")
