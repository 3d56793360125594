from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import QUEUE
from constructs_lib.review.rule import Found, rule

__all__ = ["queue_encrypted_twice"]

KEYS = ("AWS::KMS::Key", "AWS::KMS::Alias")


@rule(
    severity=Severity.ERROR,
    remedy="Keep KmsMasterKeyId for a key of your own, or SqsManagedSseEnabled for one of SQS; not both.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def queue_encrypted_twice(stack: StackReading) -> Iterator[Found]:
    """A queue asks for a KMS key and for SQS's own: SQS supports one kind of encryption per queue."""
    for node in stack.of_type(QUEUE):
        # A key that is known only at deployment may be none at all.
        keyed = node.text("KmsMasterKeyId") or node.target("KmsMasterKeyId", types=KEYS)
        if keyed and node.flag("SqsManagedSseEnabled") is True:
            yield Found(node=node, message=f"{node.path} has KmsMasterKeyId and SqsManagedSseEnabled.")
