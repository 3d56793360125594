"""What the redriving function may do: one policy for all queues, so that a role holds many of them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Literal, cast

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

__all__ = ["Permissions"]

_Kind = Literal["consume", "move", "send", "invoke", "read_table_stream", "read_stream", "decrypt", "encrypt"]

_ACTIONS: Final[dict[_Kind, Sequence[str]]] = {
    "consume": (
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ),
    # SQS moves as whoever starts the task, who needs to receive, delete and send as well; with customer managed keys,
    # to use both.
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
    "move": ("sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"),
    "send": ("sqs:SendMessage",),
    # The handler reads for how long a function may run.
    "invoke": ("lambda:GetFunctionConfiguration", "lambda:InvokeFunction"),
    "read_table_stream": ("dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "read_stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    "decrypt": ("kms:Decrypt",),
    "encrypt": ("kms:Decrypt", "kms:GenerateDataKey"),
}


class Permissions:
    """The policy, which grows with every queue.

    It is none of the role's own: the function would wait for it, and each queue for the function that is granted to
    send to it.

    """

    def __init__(self, scope: Construct, role: iam.IRole) -> None:
        """Grow a policy ``Queues`` below `scope`, of `role`."""
        self._scope = scope
        self._role = role
        self._statements: dict[_Kind, iam.PolicyStatement] = {}

    @cached_property
    def policy(self) -> iam.Policy:
        """The policy, made on first use: CDK refuses an empty one."""
        return iam.Policy(self._scope, "Queues", roles=[self._role])

    def consume(self, queue: sqs.IQueue) -> None:
        """Receive and delete what is in the dead-letter queue `queue`."""
        self._allow("consume", queue.queue_arn)
        self._allow_key("decrypt", queue.encryption_master_key)

    def move_back(self, queue: sqs.IQueue, sources: Sequence[sqs.IQueue]) -> None:
        """Let SQS move messages from `queue` back to `sources`."""
        self._allow("move", queue.queue_arn)
        for source in sources:
            self._allow("send", source.queue_arn)
            self._allow_key("encrypt", source.encryption_master_key)

    def invoke(self, function_arn: str) -> None:
        """Invoke exactly what has this ARN, which may be one alias."""
        self._allow("invoke", function_arn)

    def read(self, stream: dynamodb.ITable | kinesis.IStream) -> None:
        """Read the records of a stream again."""
        if hasattr(stream, "stream_arn"):
            self._allow("read_stream", cast("kinesis.IStream", stream).stream_arn)
        else:
            self._allow("read_table_stream", cast("str", stream.table_stream_arn))
        self._allow_key("decrypt", stream.encryption_key)

    def _allow_key(self, kind: _Kind, key: kms.IKey | None) -> None:
        if key is not None:
            self._allow(kind, key.key_arn)

    def _allow(self, kind: _Kind, arn: str) -> None:
        known = self._statements.get(kind)
        if known is None:
            statement = iam.PolicyStatement(actions=list(_ACTIONS[kind]), resources=[arn])
            self._statements[kind] = statement
            self.policy.add_statements(statement)
        elif arn not in known.resources:
            known.add_resources(arn)
