from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import QUEUE
from constructs_lib.review.rule import Found, rule

__all__ = ["redrive_policy_without_target"]


@rule(
    severity=Severity.ERROR,
    remedy="Name the queue for dead letters in deadLetterTargetArn.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def redrive_policy_without_target(stack: StackReading) -> Iterator[Found]:
    """A queue has a redrive policy that names no queue: its dead letters have nowhere to go."""
    for node in stack.of_type(QUEUE):
        policy = node.value("RedrivePolicy")
        if isinstance(policy, Mapping) and policy and "deadLetterTargetArn" not in policy:
            yield Found(node=node, message=f"{node.path} has a RedrivePolicy without deadLetterTargetArn.")
