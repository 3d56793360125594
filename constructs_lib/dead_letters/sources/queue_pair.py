"""A queue and its dead-letter queue, made for one function."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.sources.queue_timing import QueueTiming

__all__ = ["FifoOptions", "queue_pair"]

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
_LONGEST_NAME = 80
_STACK_PART = 36
_SUFFIX = ".fifo"


@dataclass(frozen=True, kw_only=True)
class FifoOptions:
    """A queue that keeps the order of each message group.

    Attributes:
        high_throughput: whether quotas and deduplication count by message group, not by queue.
            https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
        content_based_deduplication: whether SQS takes messages of the same body for one. Otherwise each message is
            sent with a deduplication id.
    """

    high_throughput: bool = True
    content_based_deduplication: bool = False


def queue_pair(
    source: Construct,
    timing: QueueTiming,
    fifo: FifoOptions | None,
    key: kms.IKey | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> tuple[sqs.IQueue, sqs.Queue]:
    """The dead-letter queue, which takes messages of the other one only, and the queue."""
    suffix = _SUFFIX if fifo else ""
    stack = cdk.Stack.of(source)
    # The queues refer to each other, so one of them needs a name that is known before: this one is another in each
    # stack, and in the next one of the same name, so that a retained queue is in nobody's way.
    readable = cdk.Names.unique_resource_name(
        source, max_length=_LONGEST_NAME - _STACK_PART - 1 - len(_SUFFIX), separator="-"
    )
    name = f"{readable}-{cdk.Fn.select(2, cdk.Fn.split('/', cdk.Aws.STACK_ID))}{suffix}"
    dead = DeadLetterQueue(
        source,
        "DeadLetters",
        encryption_key=key,
        removal_policy=removal_policy,
        fifo=fifo is not None,
        sources=[
            sqs.Queue.from_queue_attributes(
                source,
                "QueueByName",
                queue_arn=stack.format_arn(service="sqs", resource=name),
                fifo=fifo is not None,
            )
        ],
    )
    by_group = fifo is not None and fifo.high_throughput
    queue = sqs.Queue(
        source,
        "Queue",
        queue_name=name,
        fifo=True if fifo else None,
        content_based_deduplication=fifo.content_based_deduplication if fifo else None,
        deduplication_scope=sqs.DeduplicationScope.MESSAGE_GROUP if by_group else None,
        fifo_throughput_limit=sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID if by_group else None,
        visibility_timeout=cdk.Duration.seconds(timing.visibility),
        retention_period=cdk.Duration.seconds(timing.retention),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=timing.receives),
        encryption=sqs.QueueEncryption.KMS if key else sqs.QueueEncryption.SQS_MANAGED,
        encryption_master_key=key,
        enforce_ssl=True,
        removal_policy=removal_policy or cdk.RemovalPolicy.RETAIN,
    )
    return dead, queue
