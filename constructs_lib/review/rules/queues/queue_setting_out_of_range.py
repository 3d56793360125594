from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.queues import QUEUE
from constructs_lib.review.rule import Found, rule

__all__ = ["queue_setting_out_of_range"]

RANGES: Final = (
    Range(keys=("VisibilityTimeout",), low=0, high=43_200),
    Range(keys=("MessageRetentionPeriod",), low=60, high=1_209_600),
    Range(keys=("DelaySeconds",), low=0, high=900),
    Range(keys=("ReceiveMessageWaitTimeSeconds",), low=0, high=20),
    Range(keys=("MaximumMessageSize",), low=1_024, high=1_048_576),
    Range(keys=("KmsDataKeyReusePeriodSeconds",), low=60, high=86_400),
    Range(keys=("RedrivePolicy", "maxReceiveCount"), low=1, high=1_000),
)


@rule(
    severity=Severity.ERROR,
    remedy="Set the property to a value that SQS takes, or leave it out.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
)
def queue_setting_out_of_range(stack: StackReading) -> Iterator[Found]:
    """A queue has a setting that SQS refuses."""
    for node in stack.of_type(QUEUE):
        for message in outside(node, RANGES):
            yield Found(node=node, message=message)
