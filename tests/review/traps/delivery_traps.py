"""Alarms that ring and that nobody hears."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from tests.review.traps.trap import trap

CLOUDWATCH = iam.ServicePrincipal("cloudwatch.amazonaws.com")


def _alarm(stack: cdk.Stack, action: cloudwatch.IAlarmAction | None) -> cloudwatch.Alarm:
    alarm = cloudwatch.Alarm(
        stack,
        "Alarm",
        metric=cloudwatch.Metric(namespace="Shop", metric_name="Failures", statistic="Sum"),
        threshold=1,
        evaluation_periods=1,
    )
    if action is not None:
        alarm.add_alarm_action(action)
    return alarm


def _key(stack: cdk.Stack, *, granted: bool) -> kms.Key:
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    if granted:
        key.grant(CLOUDWATCH, "kms:Decrypt", "kms:GenerateDataKey*")
    return key


@trap(rule="topic-key-refuses-publisher", at="Topic")
def topic_key_without_grant(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm's topic is encrypted with a key that does not let CloudWatch use it."""
    topic = sns.Topic(stack, "Topic", master_key=_key(stack, granted=not broken))
    _alarm(stack, actions.SnsAction(topic))


@trap(rule="topic-key-refuses-publisher", at="Topic")
def topic_key_of_aws(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm's topic is encrypted with the key alias/aws/sns, which never lets CloudWatch use it."""
    managed = kms.Alias.from_alias_name(stack, "Managed", "alias/aws/sns")
    topic = sns.Topic(stack, "Topic", master_key=managed if broken else _key(stack, granted=True))
    _alarm(stack, actions.SnsAction(topic))


@trap(rule="topic-refuses-publisher", at="Topic")
def topic_policy_that_only_denies(stack: cdk.Stack, *, broken: bool) -> None:
    """A topic with enforce_ssl has a policy that only denies, so CloudWatch may no longer publish."""
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    if not broken:
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[CLOUDWATCH],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
    _alarm(stack, actions.SnsAction(topic))


@trap(rule="alarm-action-elsewhere", at="Alarm")
def topic_of_another_region(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm's topic is in another Region."""
    region = "us-east-1" if broken else stack.region
    topic = sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:{region}:{stack.account}:on-call")
    _alarm(stack, actions.SnsAction(topic))


@trap(rule="alarm-action-unsupported", at="Alarm")
def queue_as_action(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm is to send to a queue, which CloudWatch does not do."""
    alarm = _alarm(stack, None)
    queue, topic = sqs.Queue(stack, "Queue", enforce_ssl=True), sns.Topic(stack, "Topic")
    resource = alarm.node.default_child
    assert isinstance(resource, cloudwatch.CfnAlarm)
    resource.alarm_actions = [queue.queue_arn if broken else topic.topic_arn]


@trap(rule="queue-refuses-sender", at="Queue")
def subscription_that_the_queue_refuses(stack: cdk.Stack, *, broken: bool) -> None:
    """A queue subscribes to a topic and does not let it send."""
    topic, queue = sns.Topic(stack, "Topic"), sqs.Queue(stack, "Queue")
    sns.Subscription(
        stack,
        "Subscription",
        topic=topic,
        protocol=sns.SubscriptionProtocol.SQS,
        endpoint=queue.queue_arn,
    )
    if not broken:
        queue.grant_send_messages(
            iam.ServicePrincipal(
                "sns.amazonaws.com", conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}}
            )
        )


@trap(rule="invoker-not-permitted", at="Function")
def subscription_that_the_function_refuses(stack: cdk.Stack, *, broken: bool) -> None:
    """A function subscribes to a topic and does not let it invoke."""
    topic = sns.Topic(stack, "Topic")
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    sns.Subscription(
        stack,
        "Subscription",
        topic=topic,
        protocol=sns.SubscriptionProtocol.LAMBDA,
        endpoint=function.function_arn,
    )
    if not broken:
        function.add_permission(
            "Topic", principal=iam.ServicePrincipal("sns.amazonaws.com"), source_arn=topic.topic_arn
        )
