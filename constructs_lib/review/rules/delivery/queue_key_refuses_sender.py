from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import QUEUE
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.delivery.common import key_refuses, key_words, needed_by, refused

__all__ = ["queue_key_refuses_sender"]


@rule(
    severity=Severity.ERROR,
    remedy="Encrypt the queue with SSE-SQS (SqsManagedSseEnabled), or with a customer managed key whose policy lets "
    "the service kms:Decrypt and kms:GenerateDataKey* (CDK: key.grant_encrypt_decrypt(iam.ServicePrincipal(...))).",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
)
def queue_key_refuses_sender(stack: StackReading) -> Iterator[Found]:
    """A queue's key does not let a service use it that sends to the queue: what it sends is lost."""
    for queue, service, deliveries in refused(stack, QUEUE, key_refuses):
        yield Found(
            node=queue,
            message=f"{queue.path} is encrypted with {key_words(queue)}: {service} cannot send, which "
            f"{needed_by(deliveries)}.",
        )
