"""Whether SNS can put notifications into a queue."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import Check

__all__ = ["check_queue"]

_NARROW_KEY_GRANT = "@aws-cdk/aws-sns-subscriptions:restrictSqsDescryption"
"""The feature flag with which CDK names the topic where it lets SNS use the queue's key; CDK spells it so."""


def check_queue(check: Check, queue: sqs.IQueue, topic_key: kms.IKey) -> None:
    """Fail where SNS could never put notifications into `queue`, and warn where the app cannot tell.

    https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    """
    check.offers("queue", queue, "queue_arn", remedy="Give an SQS queue.")
    check.require(
        not queue.fifo,
        "queue is a FIFO queue, which takes nothing from a standard topic.",
        remedy="Give a standard queue.",
    )
    check.require(
        queue.encryption_type is not sqs.QueueEncryption.KMS_MANAGED,
        "queue is encrypted with the AWS managed key of SQS, which SNS may not use.",
        remedy="Encrypt it with sqs.QueueEncryption.SQS_MANAGED or with a key of your own.",
    )
    annotations = cdk.Annotations.of(queue)
    if not isinstance(queue, sqs.Queue):
        annotations.add_warning_v2(
            "constructs-lib:alarm-queue-untold",
            "This queue is imported, so it was not told to let SNS send. Its policy must allow sqs:SendMessage to "
            "sns.amazonaws.com, and the policy of its key kms:Decrypt and kms:GenerateDataKey*.",
        )
        return
    key = queue.encryption_master_key
    if key is None:
        return
    if not isinstance(key, kms.Key):
        annotations.add_warning_v2(
            "constructs-lib:alarm-queue-key-untold",
            "This queue's key is imported, so it was not told to let SNS use it. Its policy must allow kms:Decrypt "
            "and kms:GenerateDataKey* to sns.amazonaws.com.",
        )
    same_key = key.node.path == topic_key.node.path
    check.require(
        not (same_key and cdk.FeatureFlags.of(queue).is_enabled(_NARROW_KEY_GRANT)),
        "queue is encrypted with the key of this topic: key and topic would need each other.",
        remedy="Give the queue a key of its own, or sqs.QueueEncryption.SQS_MANAGED.",
    )
