from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import TopicAlarmSettings
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import TopicSource
from tests.dead_letters.pushed import QUEUE, source
from tests.functions import plain_function
from tests.synthesis import fresh_stack, synthesize

TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"
KEY = "AWS::KMS::Key"
EU = {"region": sns.SubscriptionFilter.string_filter(allowlist=["eu"])}
LARGE = {"total": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.numeric_filter(greater_than=100))}


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def topic_source(stack: cdk.Stack, **options: Any) -> TopicSource:
    given = {"redrive": None, "alarms": None} | options
    made: TopicSource = source(TopicSource, stack, plain_function(stack).add_alias("live"), **given)
    return made


def test_a_topic_of_its_own_is_encrypted_and_tls_only(stack: cdk.Stack) -> None:
    made = topic_source(stack)

    found = synthesize(stack)

    assert found.only(TOPIC)["KmsMasterKeyId"] == {"Fn::GetAtt": [found.only_id(KEY), "Arn"]}
    assert found.only(KEY)["EnableKeyRotation"] is True
    assert "aws:SecureTransport" in str(found.only("AWS::SNS::TopicPolicy"))
    assert isinstance(made.encryption_key, kms.Key)


def test_the_alias_subscribes_with_a_queue_of_its_own(stack: cdk.Stack) -> None:
    topic_source(stack)

    found = synthesize(stack)

    subscription = found.only(SUBSCRIPTION)
    alias = {"Ref": found.only_id("AWS::Lambda::Alias")}
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("lambda", alias)
    queue = {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": queue}
    assert not {"FilterPolicy", "RawMessageDelivery"} & set(subscription)
    permission = found.only("AWS::Lambda::Permission")
    assert (permission["FunctionName"], permission["Principal"]) == (alias, "sns.amazonaws.com")
    assert permission["SourceArn"] == {"Ref": found.only_id(TOPIC)}


def test_only_this_topic_may_write_dead_letters(stack: cdk.Stack) -> None:
    topic_source(stack)

    found = synthesize(stack)

    statements = found.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each["Effect"] == "Allow"]
    assert (statement["Action"], statement["Principal"]) == (
        "sqs:SendMessage",
        {"Service": "sns.amazonaws.com"},
    )
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": found.only_id(TOPIC)}}}


def test_several_functions_share_a_topic(stack: cdk.Stack) -> None:
    news = sns.Topic(stack, "News")
    for name in ("First", "Second"):
        TopicSource(stack, name, function=plain_function(stack, f"{name}Function"), topic=news, redrive=None)

    found = synthesize(stack)

    assert len(found.of_type(SUBSCRIPTION)) == len(found.of_type("AWS::Lambda::Permission")) == 2
    topics = {str(each["Properties"]["TopicArn"]) for each in found.of_type(SUBSCRIPTION).values()}
    assert topics == {str({"Ref": found.only_id(TOPIC, under="News")})}


def test_one_function_subscribes_to_several_topics(stack: cdk.Stack) -> None:
    function = plain_function(stack)
    for name in ("First", "Second"):
        TopicSource(stack, name, function=function, topic=sns.Topic(stack, f"{name}News"), redrive=None)

    assert len(synthesize(stack).of_type("AWS::Lambda::Permission")) == 2


def test_an_imported_topic_will_do(stack: cdk.Stack) -> None:
    arn = "arn:aws:sns:us-east-1:111122223333:news"
    made = topic_source(stack, topic=sns.Topic.from_topic_arn(stack, "News", arn))

    found = synthesize(stack)

    assert (made.encryption_key, found.of_type(TOPIC), found.of_type(KEY)) == (None, {}, {})
    assert found.only(SUBSCRIPTION)["TopicArn"] == arn


def test_one_key_encrypts_topic_and_queue(stack: cdk.Stack) -> None:
    topic_source(stack, encryption_key=kms.Key(stack, "Key"))

    found = synthesize(stack)

    arn = {"Fn::GetAtt": [found.only_id(KEY), "Arn"]}
    assert found.only(TOPIC)["KmsMasterKeyId"] == found.only(QUEUE)["KmsMasterKeyId"] == arn


@pytest.mark.parametrize(
    ("options", "policy", "scope"),
    [
        ({"filter_policy": EU}, {"region": ["eu"]}, None),
        ({"filter_policy_with_message_body": LARGE}, {"total": [{"numeric": [">", 100]}]}, "MessageBody"),
    ],
)
def test_messages_can_be_filtered(
    options: dict[str, Any], policy: dict[str, Any], scope: str | None, stack: cdk.Stack
) -> None:
    made = topic_source(stack, alarms=TopicAlarmSettings(profile=Profile.STANDARD), **options)

    subscription = synthesize(stack).only(SUBSCRIPTION)

    assert (subscription["FilterPolicy"], subscription.get("FilterPolicyScope")) == (policy, scope)
    assert made.alarms is not None
    assert "invalid_attributes" in made.alarms.names


def test_whoever_publishes_may_use_the_key(stack: cdk.Stack) -> None:
    made = topic_source(stack)
    role = iam.Role(stack, "Publisher", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.grant_publish(role)

    found = synthesize(stack)

    statements = found.only("AWS::IAM::Policy", under="Publisher")["PolicyDocument"]["Statement"]
    by_action = {str(each["Action"]): each["Resource"] for each in statements}
    assert by_action == {
        "sns:Publish": {"Ref": found.only_id(TOPIC)},
        "['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext']": {
            "Fn::GetAtt": [found.only_id(KEY), "Arn"]
        },
    }


def test_a_service_is_let_in_by_the_policies_of_topic_and_key(stack: cdk.Stack) -> None:
    topic_source(stack).grant_publish(iam.ServicePrincipal("s3.amazonaws.com"))

    found = synthesize(stack)

    for document in (
        found.only("AWS::SNS::TopicPolicy")["PolicyDocument"],
        found.only(KEY)["KeyPolicy"],
    ):
        principals = [each["Principal"] for each in document["Statement"] if each["Effect"] == "Allow"]
        assert {"Service": "s3.amazonaws.com"} in principals


@pytest.mark.parametrize("kind", [lambda_.Function, lambda_.Alias])
def test_a_function_or_an_alias_can_subscribe(kind: type, stack: cdk.Stack) -> None:
    function = plain_function(stack)
    called = function if kind is lambda_.Function else function.add_alias("live")
    TopicSource(stack, "Source", function=called, redrive=None)

    (name,) = synthesize(stack).only(SUBSCRIPTION)["Endpoint"].values()
    assert str(name).startswith(("Plain", "['Plain"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"topic": "news"}, r"topic is 'news'\."),
        (
            {"filter_policy": EU, "filter_policy_with_message_body": LARGE},
            r"filter_policy and filter_policy_with_message_body are both given\.",
        ),
        ({"filter_policy": {}}, r"filter_policy has 0 keys\. Give 1 to 5"),
        ({"filter_policy": {str(n): EU["region"] for n in range(6)}}, r"filter_policy has 6 keys\."),
        ({"filter_policy_with_message_body": "x"}, r"filter_policy_with_message_body is 'x'\."),
    ],
)
def test_fails_on_what_cannot_work(options: dict[str, Any], message: str, stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        topic_source(stack, **options)

    assert stack.node.try_find_child("Source") is None


def test_fails_on_a_fifo_topic(stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Source: topic is a FIFO topic, which delivers"):
        topic_source(stack, topic=sns.Topic(stack, "Fifo", fifo=True))
