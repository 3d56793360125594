from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import QUEUE
from constructs_lib.review.rule import Found, rule

__all__ = ["redrive_allow_policy_invalid"]

_MOST: Final = 10
_PERMISSIONS: Final = ("allowAll", "denyAll", "byQueue")


@rule(
    severity=Severity.ERROR,
    remedy="Name 1 to 10 queues with byQueue, and none with allowAll or denyAll; for more than 10, use allowAll.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def redrive_allow_policy_invalid(stack: StackReading) -> Iterator[Found]:
    """A RedriveAllowPolicy says who may leave dead letters in a way that SQS refuses."""
    for node in stack.of_type(QUEUE):
        permission = node.text("RedriveAllowPolicy", "redrivePermission")
        count = node.count("RedriveAllowPolicy", "sourceQueueArns")
        if permission is None or count is None:
            continue
        if permission not in _PERMISSIONS:
            yield Found(
                node=node,
                message=f"{node.path} has the redrivePermission {permission}; it may be one of "
                f"{', '.join(_PERMISSIONS)}.",
            )
        elif permission == "byQueue" and not 1 <= count <= _MOST:
            yield Found(
                node=node, message=f"{node.path} allows {count} queues by name; it may be 1 to {_MOST}."
            )
        elif permission != "byQueue" and count:
            yield Found(
                node=node,
                message=f"{node.path} has the redrivePermission {permission} and names {count} queues.",
            )
