import re
from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import all_at
from constructs_lib.review.reading.queues import (
    QUEUE,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING, PIPE

__all__ = ["queue_named_by_url"]

_PLACES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    # Where the ARN of a queue belongs, and what is a list on the way is followed into each entry.
    QUEUE: (("RedrivePolicy", "deadLetterTargetArn"), ("RedriveAllowPolicy", "sourceQueueArns")),
    "AWS::Lambda::Function": (("DeadLetterConfig", "TargetArn"),),
    "AWS::Lambda::EventInvokeConfig": (
        ("DestinationConfig", "OnFailure", "Destination"),
        ("DestinationConfig", "OnSuccess", "Destination"),
    ),
    MAPPING: (("EventSourceArn",), ("DestinationConfig", "OnFailure", "Destination")),
    PIPE: (("Source",), ("Target",)),
    "AWS::SNS::Subscription": (("RedrivePolicy", "deadLetterTargetArn"),),
    "AWS::Events::Rule": (("Targets", "Arn"), ("Targets", "DeadLetterConfig", "Arn")),
    "AWS::Scheduler::Schedule": (("Target", "Arn"), ("Target", "DeadLetterConfig", "Arn")),
}
_URL: Final = re.compile(r"https://(?:sqs\.|queue\.|[a-z0-9-]+\.queue\.)|\$\{[^}]+\.QueueUrl\}$")


@rule(
    severity=Severity.ERROR,
    remedy="Give its ARN: Fn::GetAtt of Arn. Ref of a queue is its URL.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html#aws-resource-sqs-queue-return-values",
)
def queue_named_by_url(stack: StackReading) -> Iterator[Found]:
    """A queue is named by its URL where its ARN belongs: AWS refuses it."""
    for node in stack.of_type(*_PLACES):
        for place in _PLACES[node.type]:
            for value in all_at(node.properties, *place):
                if isinstance(value, str) and _URL.match(value):
                    yield Found(
                        node=node,
                        message=f"{node.path} has the URL of a queue, {value}, as its {'.'.join(place)}.",
                    )
