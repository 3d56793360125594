from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import STREAMS, mappings_of

__all__ = ["stream_destination_kind"]

_NEVER: Final = (
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Kinesis::Stream",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::StepFunctions::StateMachine",
)


@rule(
    severity=Severity.ERROR,
    remedy="Send them to an SQS queue, an SNS topic or an S3 bucket. Functions and event buses are destinations of "
    "asynchronous invocations only.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_OnFailure.html",
)
def stream_destination_kind(stack: StackReading) -> Iterator[Found]:
    """Failed records of a stream are to go to something that cannot take them: Lambda refuses it."""
    for mapping in mappings_of(stack, *STREAMS):
        target = mapping.target("DestinationConfig", "OnFailure", "Destination")
        if target is not None and target.type in _NEVER:
            yield Found(
                node=mapping,
                message=f"{mapping.path} sends failed records to {target.path}, which is {target.type}.",
            )
