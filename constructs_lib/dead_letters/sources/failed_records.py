"""Where Lambda leaves the records of a stream that it gave up."""

from collections.abc import Mapping, Sequence
from typing import cast

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["destination_of"]

_KEYS = "aws/lambda/*"
"""What the keys begin with: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""


def destination_of(scope: Construct, target: sqs.IQueue | s3.IBucket) -> lambda_.IEventSourceDlq:
    """`target` as a mapping's on-failure destination, whose function may write there and no more.

    Args:
        scope: the source.
        target: a standard queue, which gets where the records are, or a bucket, which gets the records.
    """
    if hasattr(target, "bucket_arn"):
        bucket = cast("s3.IBucket", target)
        objects = bucket.arn_for_objects(_KEYS)
        return _Destination(
            scope,
            bucket.bucket_arn,
            {"s3:PutObject": objects, "s3:ListBucket": bucket.bucket_arn},
            bucket.encryption_key,
            patterns=[objects],
        )
    return _Destination(
        scope, target.queue_arn, {"sqs:SendMessage": target.queue_arn}, target.encryption_master_key
    )


@jsii.implements(lambda_.IEventSourceDlq)
class _Destination:
    """A destination that the function may only write to: CDK's own let it do more with buckets and keys."""

    def __init__(
        self,
        scope: Construct,
        arn: str,
        actions: Mapping[str, str],
        key: kms.IKey | None,
        *,
        patterns: Sequence[str] = (),
    ) -> None:
        self._scope = scope
        self._arn = arn
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        self._actions = dict(actions) | (
            {} if key is None else {"kms:Decrypt": key.key_arn, "kms:GenerateDataKey": key.key_arn}
        )
        self._patterns = patterns

    def bind(
        self, target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        policy = iam.Policy(
            self._scope,
            "FailedRecords",
            roles=[cast("iam.IRole", target_handler.role)],
            statements=[
                iam.PolicyStatement(actions=[action], resources=[arn])
                for action, arn in self._actions.items()
            ],
        )
        acknowledge_patterns(policy, self._patterns, "Lambda makes up the keys, below this prefix.")
        target.node.add_dependency(policy)
        return lambda_.DlqDestinationConfig(destination=self._arn)
