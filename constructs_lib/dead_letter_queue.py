"""A queue that keeps what failed until somebody re-drives it."""

from collections.abc import Sequence
from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import acknowledge

__all__ = ["DeadLetterQueue"]

_FINDINGS = ("AwsSolutions::AwsSolutions-SQS3", "Serverless::Serverless-SQSRedrivePolicy")
_REASON = "This queue is where failed events end: it is the dead-letter queue, and has none of its own."


@cache
def _retention() -> cdk.Duration:
    # The longest that SQS keeps a message:
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    return cdk.Duration.days(14)


class DeadLetterQueue(sqs.Queue):
    """An encrypted, TLS-only SQS queue that keeps messages as long as SQS can, and outlives its stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        fifo: bool = False,
        sources: Sequence[sqs.IQueue] = (),
    ) -> None:
        """Make the queue.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            encryption_key: a customer managed key. Left out: the keys of SQS, which cost nothing.
            removal_policy: what becomes of the queue with its stack. Left out, it is retained.
            fifo: whether it is for a FIFO queue, whose dead letters only a FIFO queue can hold.
            sources: the only queues that may leave dead letters here, up to 10. Left out: any queue of the account and
                Region.
        """
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.KMS if encryption_key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            retention_period=_retention(),
            fifo=fifo or None,  # CloudFormation takes no False
            redrive_allow_policy=sqs.RedriveAllowPolicy(source_queues=list(sources)) if sources else None,
            removal_policy=removal_policy or cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(self, dict.fromkeys(_FINDINGS, _REASON))
