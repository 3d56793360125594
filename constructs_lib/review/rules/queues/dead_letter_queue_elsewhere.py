import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.queues import (
    Queue,
    queues_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["dead_letter_queue_elsewhere"]

_ARN: Final = re.compile(r"arn:[^:]*:sqs:([^:]*):([^:]*):")


@rule(
    severity=Severity.ERROR,
    remedy="Make the queue for the dead letters in the account and the Region of the queue.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
)
def dead_letter_queue_elsewhere(stack: StackReading) -> Iterator[Found]:
    """A queue leaves its dead letters in another Region or account: SQS refuses it."""
    for queue in queues_of(stack):
        where, own = _place_of(queue), (stack.region, stack.template.account)
        for what, there, here in zip(("Region", "account"), where, own, strict=True):
            if there and here and is_known(there) and there != here:
                yield Found(
                    node=queue.node,
                    message=f"{queue.node.path} is in the {what} {here}, and its dead letters go to the {what} "
                    f"{there}.",
                )


def _place_of(queue: Queue) -> tuple[str | None, str | None]:
    target = queue.dead_letters
    if target is not None:
        return target.stack.region, target.stack.template.account
    match = _ARN.match(str(queue.node.value("RedrivePolicy", "deadLetterTargetArn")))
    return (match[1], match[2]) if match else (None, None)
