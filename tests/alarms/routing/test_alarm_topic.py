"""The topic of a stack's alarms: who may publish, who listens, and what tells of a delivery that failed."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Match

from constructs_lib.alarms import AlarmRoute, AlarmTopic, FunctionAlarms, FunctionSubject, StateChange
from constructs_lib.alarms.routing.actions import Action
from constructs_lib.checks import ConfigurationError
from tests.delivery import lost_alarms
from tests.functions import plain_function
from tests.gates import findings, lint
from tests.graph import circle, references
from tests.synthesis import RECOMMENDED, Synthesized, fresh_app, fresh_stack, synthesize, warnings_of

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
TOPIC = "AWS::SNS::Topic"
QUEUE = "AWS::SQS::Queue"
SUBSCRIPTION = "AWS::SNS::Subscription"
SLACK = "AWS::Chatbot::SlackChannelConfiguration"
TEAMS = "AWS::Chatbot::MicrosoftTeamsChannelConfiguration"
SUBJECT = FunctionSubject(function_name="orders", qualifier="live")
SOURCE_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
UNSUBSCRIBED = "Nobody subscribes to this alarm topic"
SLACK_CHANNEL = {"workspace_id": "T0123456", "channel_id": "C0123456"}
TEAMS_CHANNEL = {
    "tenant_id": "01234567-89ab-cdef-0123-456789abcdef",
    "team_id": "fedcba98-7654-3210-fedc-ba9876543210",
    "channel_id": "19%3ab6ef35dc342d56ba5654e6fc6d25a071%40thread.tacv2",
}

Add = Callable[[cdk.Stack, AlarmTopic], object]


def watch(stack: cdk.Stack, name: str = "Alarms", route: AlarmRoute | None = None) -> FunctionAlarms:
    return FunctionAlarms(stack, name, subject=SUBJECT, route=route)


def recommended_stack() -> cdk.Stack:
    return cdk.Stack(fresh_app(RECOMMENDED), "Stack")


def undelivered_alarm(found: Synthesized) -> dict[str, Any]:
    return found.only(COMPOSITE, under="AlarmTopicUndelivered")


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

    def test_by_default_it_is_a_topic_a_policy_and_a_key(self) -> None:
        stack = fresh_stack()
        AlarmTopic.of(stack).add_subscription(subscriptions.SmsSubscription("+15550100"))

        assert {each["Type"] for each in synthesize(stack).resources.values()} == {
            TOPIC,
            "AWS::SNS::TopicPolicy",
            "AWS::KMS::Key",
            SUBSCRIPTION,
        }

    def test_a_key_that_is_given_is_used_and_told(self) -> None:
        stack = fresh_stack()
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        topic = AlarmTopic(stack, "OnCall", encryption_key=key)
        topic.add_email("team@example.com")
        watch(stack, route=topic.route)

        found = synthesize(stack)

        assert topic.key is key
        assert found.only_id("AWS::KMS::Key") == found.only(TOPIC)["KmsMasterKeyId"]["Fn::GetAtt"][0]
        assert lost_alarms(found.resources) == []

    def test_an_imported_key_is_warned_about(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
        AlarmTopic(stack, "OnCall", encryption_key=kms.Key.from_key_arn(stack, "Key", arn))

        assert [text for text in warnings_of(stack) if "This topic's key is imported" in text]


class TestSharing:
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

    def test_the_stacks_own_can_be_made_with_options_before_its_first_use(self) -> None:
        stack = fresh_stack()
        backup = sns.Topic(stack, "Backup")
        own = AlarmTopic(stack, AlarmTopic.ID, undelivered=AlarmRoute.to_topic(backup))
        watch(stack)

        assert AlarmTopic.of(stack) is own
        synthesize(stack).template.resource_count_is(TOPIC, 2)

    def test_fails_with_options_once_it_is_in_use(self) -> None:
        stack = fresh_stack()
        watch(stack)

        with pytest.raises(ConfigurationError, match=r"^Stack/AlarmTopic: this id is taken\. .*before"):
            AlarmTopic(stack, AlarmTopic.ID)

    def test_fails_where_its_id_is_taken(self) -> None:
        stack = fresh_stack()
        sns.Topic(stack, "AlarmTopic")

        with pytest.raises(ConfigurationError, match=r"^Stack/AlarmTopic: this id is taken.*another id"):
            watch(stack)

        assert stack.node.try_find_child("Alarms") is None


class TestUnheardAlarms:
    def test_a_topic_that_nobody_subscribes_to_is_warned_about_once(self) -> None:
        stack = fresh_stack()
        watch(stack, "One")
        watch(stack, "Two")

        found = [text for text in warnings_of(stack) if UNSUBSCRIBED in text]

        assert len(found) == 1
        assert "add_email" in found[0]

    @pytest.mark.parametrize(
        "subscribe",
        [
            lambda _, topic: topic.add_subscription(subscriptions.EmailSubscription("team@example.com")),
            lambda _, topic: topic.add_email("team@example.com"),
            lambda _, topic: topic.add_slack_channel(**SLACK_CHANNEL),
            lambda _, topic: topic.add_teams_channel(**TEAMS_CHANNEL),
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
        ids=["any", "email", "slack", "teams", "queue", "function", "https", "chat", "raw"],
    )
    def test_any_subscription_ends_the_warning(self, subscribe: Add) -> None:
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


def inbox(stack: cdk.Stack, **properties: Any) -> sqs.Queue:
    return sqs.Queue(stack, "Inbox", **properties)


SUBSCRIBERS: dict[str, Add] = {
    "email": lambda _, topic: topic.add_email("team@example.com"),
    "https": lambda _, topic: topic.add_https("https://pager.example.com/alarms"),
    "queue": lambda stack, topic: topic.add_queue(inbox(stack)),
    "queue with a key": lambda stack, topic: topic.add_queue(
        inbox(stack, encryption_master_key=kms.Key(stack, "InboxKey"))
    ),
    "function": lambda stack, topic: topic.add_function(plain_function(stack)),
    "alias": lambda stack, topic: topic.add_function(plain_function(stack).add_alias("live")),
}
each_subscriber = pytest.mark.parametrize("add", SUBSCRIBERS.values(), ids=SUBSCRIBERS)


class TestSubscribers:
    @each_subscriber
    @pytest.mark.parametrize("fresh", [fresh_stack, recommended_stack])
    def test_each_kind_is_reached_and_what_it_misses_is_kept(
        self, fresh: Callable[[], cdk.Stack], add: Add
    ) -> None:
        stack = fresh()
        watch(stack)
        add(stack, AlarmTopic.of(stack))

        found = synthesize(stack)

        redrive = found.only(SUBSCRIPTION)["RedrivePolicy"]["deadLetterTargetArn"]
        assert list(references(redrive)) == [found.only_id(QUEUE, under="AlarmTopicUndelivered")]
        assert lost_alarms(found.resources) == []
        assert circle(found.resources) == []
        assert lint(found.body) == []

    def test_all_share_one_dead_letter_queue(self) -> None:
        stack = recommended_stack()
        topic = AlarmTopic.of(stack)
        for name, add in SUBSCRIBERS.items():
            if name not in ("queue", "alias"):
                add(stack, topic)
        topic.add_subscription(
            subscriptions.SmsSubscription("+15550100", dead_letter_queue=topic.dead_letter_queue)
        )

        found = synthesize(stack)

        assert len(found.of_type(SUBSCRIPTION)) == 5
        policy = found.only("AWS::SQS::QueuePolicy", under="AlarmTopicUndelivered")["PolicyDocument"]
        assert len(policy["Statement"]) == 2
        found.template.resource_count_is(COMPOSITE, 1)

    def test_what_they_return_can_be_depended_on(self) -> None:
        topic = AlarmTopic.of(fresh_stack())

        assert isinstance(topic.add_email("team@example.com"), sns.Subscription)

    def test_an_address_may_be_known_at_deployment_only(self) -> None:
        stack = fresh_stack()
        topic = AlarmTopic.of(stack)
        for name in ("First", "Second"):
            topic.add_email(cdk.CfnParameter(stack, name).value_as_string)
        topic.add_https(cdk.CfnParameter(stack, "Url").value_as_string)

        assert len(synthesize(stack).of_type(SUBSCRIPTION)) == 3

    @pytest.mark.parametrize(
        ("add", "problem"),
        [
            (lambda _, t: t.add_email("team"), "address is 'team'. Give an e-mail address."),
            (lambda _, t: t.add_email(5), "address is 5. Give str."),
            (lambda _, t: t.add_https("http://example.com"), "url is 'http://example.com'. Give an address"),
            (lambda _, t: t.add_queue("arn"), "queue is 'arn'. Give an SQS queue."),
            (lambda _, t: t.add_function("arn"), "function is 'arn'. Give a Lambda function or an alias."),
            (lambda s, t: t.add_queue(inbox(s, fifo=True)), "queue is a FIFO queue"),
            (
                lambda s, t: t.add_queue(inbox(s, encryption=sqs.QueueEncryption.KMS_MANAGED)),
                "queue is encrypted with the AWS managed key of SQS",
            ),
            (
                lambda s, t: t.add_queue(inbox(s, encryption_master_key=t.key)),
                "queue is encrypted with the key of this topic: key and topic would need each other.",
            ),
        ],
    )
    def test_fails_with_what_could_never_receive(self, add: Add, problem: str) -> None:
        stack = recommended_stack()

        with pytest.raises(ConfigurationError) as caught:
            add(stack, AlarmTopic.of(stack))

        assert str(caught.value).startswith(f"Stack/AlarmTopic: {problem}")

    def test_fails_with_a_subscriber_that_is_there_already(self) -> None:
        topic = AlarmTopic.of(fresh_stack())
        topic.add_email("team@example.com")

        with pytest.raises(
            ConfigurationError, match=r"^Stack/AlarmTopic: CDK refuses .* Add each .* once\.$"
        ):
            topic.add_email("team@example.com")

    def test_a_queue_under_the_topics_key_is_fine_where_cdk_does_not_narrow_the_grant(self) -> None:
        stack = fresh_stack()
        watch(stack)
        topic = AlarmTopic.of(stack)
        topic.add_queue(inbox(stack, encryption_master_key=topic.key))

        found = synthesize(stack)

        assert circle(found.resources) == []
        assert lost_alarms(found.resources) == []

    def test_a_queue_that_cannot_be_told_is_warned_about(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:sqs:us-east-1:111122223333:inbox"
        AlarmTopic.of(stack).add_queue(sqs.Queue.from_queue_arn(stack, "Inbox", arn))

        assert [text for text in warnings_of(stack) if "This queue is imported" in text]

    def test_a_queues_key_that_cannot_be_told_is_warned_about(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
        AlarmTopic.of(stack).add_queue(
            inbox(stack, encryption_master_key=kms.Key.from_key_arn(stack, "Key", arn))
        )

        assert [text for text in warnings_of(stack) if "This queue's key is imported" in text]


@pytest.fixture(scope="module")
def watched() -> Synthesized:
    stack = fresh_stack()
    watch(stack)
    AlarmTopic.of(stack).add_email("team@example.com")
    return synthesize(stack)


class TestUndelivered:
    def test_the_queue_is_encrypted_keeps_for_long_and_outlives_the_stack(self, watched: Synthesized) -> None:
        name = watched.only_id(QUEUE)

        assert watched.only(QUEUE) == {"MessageRetentionPeriod": 14 * 86_400, "SqsManagedSseEnabled": True}
        assert watched.resources[name]["DeletionPolicy"] == "Retain"
        deny, allow = watched.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert allow["Principal"] == {"Service": "sns.amazonaws.com"}
        assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": watched.only_id(TOPIC)}}}

    @pytest.mark.parametrize(
        ("alarm", "metric", "dimension", "value"),
        [
            ("Failed", "NumberOfNotificationsFailed", "TopicName", (TOPIC, "TopicName")),
            (
                "FailedToKeep",
                "NumberOfNotificationsFailedToRedriveToDlq",
                "TopicName",
                (TOPIC, "TopicName"),
            ),
            ("Kept", "ApproximateNumberOfMessagesVisible", "QueueName", (QUEUE, "QueueName")),
        ],
    )
    def test_alarms_watch_failures_and_the_queue(
        self, watched: Synthesized, alarm: str, metric: str, dimension: str, value: tuple[str, str]
    ) -> None:
        alarms = watched.of_type(ALARM, under="AlarmTopicUndeliveredAlarms").items()
        (found,) = (
            each["Properties"]
            for name, each in alarms
            if re.fullmatch(rf"AlarmTopicUndeliveredAlarms{alarm}[0-9A-F]{{8}}", name)
        )

        kind, attribute = value
        expected = {"Fn::GetAtt": [watched.only_id(kind), attribute]}
        assert found["MetricName"] == metric
        assert found["Dimensions"] == [{"Name": dimension, "Value": expected}]
        assert found["Threshold"] == 1
        assert len(found["AlarmDescription"]) <= 1024

    def test_one_composite_tells_of_all_of_them_by_an_ops_item(self, watched: Synthesized) -> None:
        alarm = undelivered_alarm(watched)

        assert len(set(references(alarm["AlarmRule"]))) == 3
        (action,) = alarm["AlarmActions"]
        assert ":opsitem:2#CATEGORY=Availability" in str(action)
        assert watched.only_id(TOPIC) not in references(action)

    def test_they_cost_a_fixed_number_of_resources(self, watched: Synthesized) -> None:
        made = [name for name in watched.resources if name.startswith("AlarmTopicUndelivered")]

        assert len(made) == 6

    @pytest.mark.parametrize("kind", ["topic", "function", "event"])
    def test_any_other_way_can_be_named(self, kind: str) -> None:
        stack = fresh_stack()
        backup = sns.Topic(stack, "Backup")
        backup.add_subscription(subscriptions.SmsSubscription("+15550100"))
        ways: dict[str, Action] = {
            "topic": backup,
            "function": actions.LambdaAction(plain_function(stack)),
            "event": StateChange(targets=[targets.SqsQueue(sqs.Queue(stack, "Events"))]),
        }
        topic = AlarmTopic(stack, "OnCall", undelivered=AlarmRoute(alarm=[ways[kind]]))
        topic.add_email("team@example.com")
        watch(stack, route=topic.route)

        found = synthesize(stack)

        assert "opsitem" not in str(found.body)
        assert lost_alarms(found.resources) == []
        assert circle(found.resources) == []

    def test_the_queue_can_be_had_without_a_subscriber(self) -> None:
        stack = fresh_stack()
        queue = AlarmTopic.of(stack).dead_letter_queue

        assert queue is AlarmTopic.of(stack).dead_letter_queue
        assert synthesize(stack).only_id(QUEUE).startswith("AlarmTopicUndelivered")

    @pytest.mark.parametrize(
        "back",
        [
            lambda topic: topic,
            actions.SnsAction,
            lambda topic: StateChange(targets=[targets.SnsTopic(topic)]),
        ],
        ids=["topic", "action", "event"],
    )
    @pytest.mark.parametrize("state", ["alarm", "ok"])
    def test_fails_with_a_way_that_needs_the_same_topic(
        self, back: Callable[[sns.Topic], Action], state: str
    ) -> None:
        stack = fresh_stack()
        ways: dict[str, list[Action]] = {"alarm": [sns.Topic(stack, "Backup")], "ok": []}
        topic = AlarmTopic(stack, "OnCall", undelivered=AlarmRoute(**ways))
        ways[state].append(back(topic.topic))

        with pytest.raises(
            ConfigurationError, match=r"^Stack/OnCall/Undelivered: undelivered leads to the top"
        ):
            topic.add_email("team@example.com")

        assert topic.node.try_find_child("Undelivered") is None

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({"undelivered": "arn"}, "undelivered is 'arn'. Give AlarmRoute or None."),
            ({"undelivered": AlarmRoute(alarm=[])}, "undelivered.alarm is empty"),
            ({"encryption_key": "arn"}, "encryption_key is 'arn'. Give a key of KMS."),
        ],
    )
    def test_fails_with_options_that_cannot_work(self, options: dict[str, Any], problem: str) -> None:
        stack = fresh_stack()

        with pytest.raises(ConfigurationError) as caught:
            AlarmTopic(stack, "OnCall", **options)

        assert str(caught.value).startswith(f"Stack/OnCall: {problem}")
        assert stack.node.try_find_child("OnCall") is None


class TestChat:
    def test_a_slack_channel_is_notified_of_the_topic(self) -> None:
        stack = fresh_stack()
        watch(stack)
        channel = AlarmTopic.of(stack).add_slack_channel(**SLACK_CHANNEL)

        found = synthesize(stack)

        given = found.only(SLACK)
        assert given["SlackWorkspaceId"] == "T0123456"
        assert given["SlackChannelId"] == "C0123456"
        assert given["SnsTopicArns"] == [{"Ref": found.only_id(TOPIC)}]
        assert given["LoggingLevel"] == "ERROR"
        assert isinstance(channel, chatbot.SlackChannelConfiguration)
        assert lost_alarms(found.resources) == []

    def test_a_teams_channel_is_notified_of_the_topic(self) -> None:
        stack = fresh_stack()
        watch(stack)
        AlarmTopic.of(stack).add_teams_channel(**TEAMS_CHANNEL, name="alarms")

        found = synthesize(stack)

        given = found.only(TEAMS)
        assert given["ConfigurationName"] == "alarms"
        assert given["TeamsTenantId"] == TEAMS_CHANNEL["tenant_id"]
        assert given["TeamId"] == TEAMS_CHANNEL["team_id"]
        assert given["TeamsChannelId"] == TEAMS_CHANNEL["channel_id"]
        assert given["SnsTopicArns"] == [{"Ref": found.only_id(TOPIC)}]
        assert lint(found.body) == []
        assert lost_alarms(found.resources) == []

    def test_channels_share_a_role_that_reads_alarms_and_metrics_and_are_kept_to_that(self) -> None:
        stack = fresh_stack()
        topic = AlarmTopic.of(stack)
        topic.add_slack_channel(**SLACK_CHANNEL)
        topic.add_slack_channel(**SLACK_CHANNEL | {"channel_id": "C7654321"})
        topic.add_teams_channel(**TEAMS_CHANNEL)

        found = synthesize(stack)

        policy, role = found.only_id("AWS::IAM::ManagedPolicy"), found.only_id("AWS::IAM::Role")
        for channel in (found.of_type(SLACK) | found.of_type(TEAMS)).values():
            assert channel["Properties"]["GuardrailPolicies"] == [{"Ref": policy}]
            assert channel["Properties"]["IamRoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
        trust = found.only("AWS::IAM::Role")
        assert "chatbot.amazonaws.com" in str(trust["AssumeRolePolicyDocument"])
        assert not trust.keys() & {"Policies", "ManagedPolicyArns"}
        (statement,) = found.only("AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        assert all(re.fullmatch(r"cloudwatch:(Get|List|Describe)\w+", each) for each in statement["Action"])
        assert found.only("AWS::IAM::ManagedPolicy")["Roles"] == [{"Ref": role}]

    def test_names_differ_by_place_and_channel(self) -> None:
        app = fresh_app()
        stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
        for stack in stacks:
            for number in (1, 2):
                channel = f"C{stack.node.id.upper()}{number}"
                AlarmTopic.of(stack).add_slack_channel(**SLACK_CHANNEL | {"channel_id": channel})

        channels = [each for stack in stacks for each in synthesize(stack).of_type(SLACK).values()]
        names = [str(each["Properties"]["ConfigurationName"]) for each in channels]

        assert len(set(names)) == 4
        assert all("AWS::Region" in name for name in names)

    def test_a_channel_may_be_known_at_deployment_only(self) -> None:
        stack = fresh_stack()
        values = {name: cdk.CfnParameter(stack, name).value_as_string for name in ("workspace", "channel")}
        AlarmTopic.of(stack).add_slack_channel(workspace_id=values["workspace"], channel_id=values["channel"])

        assert synthesize(stack).only(SLACK)["SlackChannelId"] == {"Ref": "channel"}

    def test_fails_with_a_channel_that_another_topic_notifies_since_an_account_takes_one(self) -> None:
        app = fresh_app()
        first, second = (AlarmTopic.of(cdk.Stack(app, name)) for name in ("One", "Two"))
        first.add_slack_channel(**SLACK_CHANNEL)

        with pytest.raises(
            ConfigurationError, match=r"another configuration .* C0123456\. .*add_notification_t"
        ):
            second.add_slack_channel(**SLACK_CHANNEL)

    def test_a_channel_of_another_account_is_another_channel(self) -> None:
        app = fresh_app()
        stacks = []
        for account in ("111122223333", "444455556666"):
            environment = cdk.Environment(account=account, region="us-east-1")
            stacks.append(cdk.Stack(app, f"In{account}", env=environment))
            AlarmTopic.of(stacks[-1]).add_slack_channel(**SLACK_CHANNEL)

        assert all(synthesize(stack).only_id(SLACK) for stack in stacks)

    def test_one_channel_can_be_notified_of_several_topics(self) -> None:
        stack = fresh_stack()
        topics = [AlarmTopic(stack, name) for name in ("OnCall", "Daily")]
        channel = topics[0].add_slack_channel(**SLACK_CHANNEL)
        channel.add_notification_topic(topics[1].topic)

        assert len(synthesize(stack).only(SLACK)["SnsTopicArns"]) == 2
        assert not [text for text in warnings_of(stack) if UNSUBSCRIBED in text]

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"workspace_id": "alarms"}, "workspace_id is 'alarms'. Give the id of a Slack workspace"),
            ({"channel_id": "#alarms"}, "slack_channel_id is '#alarms'. Give the id of a Slack channel"),
            ({"channel_id": 5}, "slack_channel_id is 5. Give str."),
            ({"name": "on call"}, "name is 'on call'. Give letters, digits"),
        ],
    )
    def test_fails_with_a_slack_channel_that_cannot_be(self, changed: dict[str, Any], problem: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            AlarmTopic.of(fresh_stack()).add_slack_channel(**SLACK_CHANNEL | changed)

        assert problem in str(caught.value)

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"tenant_id": "acme"}, "tenant_id is 'acme'. Give the id of a Microsoft Teams tenant, a UUID."),
            ({"team_id": "ops"}, "team_id is 'ops'. Give the id of a Microsoft team, a UUID."),
            (
                {"channel_id": "19:b6ef@thread.tacv2"},
                "Give the id of a Microsoft Teams channel, such as 19%3a",
            ),
        ],
    )
    def test_fails_with_a_teams_channel_that_cannot_be(self, changed: dict[str, Any], problem: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            AlarmTopic.of(fresh_stack()).add_teams_channel(**TEAMS_CHANNEL | changed)

        assert problem in str(caught.value)


def test_cdk_nag_has_nothing_to_say_but_that_nobody_listens() -> None:
    stack = fresh_stack()
    watch(stack)

    assert findings(stack.node.root) == []  # type: ignore[arg-type] # the root is the app


def test_cdk_nag_has_nothing_to_say_of_subscribers_and_chats() -> None:
    stack = recommended_stack()
    topic = AlarmTopic.of(stack)
    topic.add_email("team@example.com")
    topic.add_https("https://pager.example.com")
    topic.add_slack_channel(**SLACK_CHANNEL)
    topic.add_teams_channel(**TEAMS_CHANNEL)
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn="arn:aws:lambda:us-east-1:111122223333:function:f",
        same_environment=True,
    )
    topic.add_function(imported)
    watch(stack)

    assert findings(stack.node.root) == []  # type: ignore[arg-type] # the root is the app
