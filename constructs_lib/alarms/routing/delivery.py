"""What a topic and its key must allow for an alarm to be heard."""

from functools import cache
from weakref import WeakKeyDictionary, WeakSet

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from constructs_lib.checks import Check, is_token

__all__ = ["check_region", "let_cloudwatch_publish", "topic_behind"]

_CLOUDWATCH = "cloudwatch.amazonaws.com"
# Saves calls into jsii. A topic that is forgotten here is told again, and CDK drops equal statements.
_told: WeakSet[sns.Topic] = WeakSet()
# Likewise: the Region of a topic, None where it is known only at deployment.
_regions: WeakKeyDictionary[sns.ITopic, str | None] = WeakKeyDictionary()


def let_cloudwatch_publish(topic: sns.Topic) -> None:
    """Tell `topic` and its key to let the alarms of this account publish; told already, it does nothing.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    if topic in _told:
        return
    _told.add(topic)
    if topic.fifo:
        cdk.Annotations.of(topic).add_warning_v2(
            "constructs-lib:alarm-topic-fifo",
            "This topic is FIFO, where every message needs a group, and CloudWatch is not known to give one: alarms "
            "would ring unheard. Give alarms a standard topic.",
        )
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


def check_region(check: Check, name: str, topic: sns.ITopic) -> None:
    """Fail where `topic` is known to be in another Region than the alarms, whose actions reach their own only."""
    if topic not in _regions:
        region = topic.env.region
        _regions[topic] = None if is_token(region) else region
    there = _regions[topic]
    if there is None:
        return
    try:
        here = cdk.Stack.of(check.scope).region
    except RuntimeError:  # no stack yet
        return
    if not is_token(here) and here != there:  # asking for the path takes calls into jsii
        check.fail(
            f"{name} holds {topic.node.path}, a topic in the Region {there}; the alarms are in {here}.",
            remedy="An alarm notifies topics of its own Region: make one in each, and subscribe to all of them.",
        )


def topic_behind(arn: str) -> sns.Topic | None:
    """The topic of the app that `arn` is the ARN of; None for anything else, such as an imported topic."""
    if not is_token(arn):
        return None
    token = cdk.Tokenization.reverse_string(arn).first_token
    if not isinstance(token, cdk.Reference) or not isinstance(token.target, sns.CfnTopic):
        return None
    owner = token.target.node.scope
    return owner if isinstance(owner, sns.Topic) else None


@cache
def _account() -> str:
    return cdk.Aws.ACCOUNT_ID  # the same token in every app of the process


def _allow(sid: str, actions: list[str], resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.ServicePrincipal(_CLOUDWATCH)],
        actions=actions,
        resources=[resource],
        conditions={"StringEquals": {"aws:SourceAccount": _account()}},
    )
