from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["too_many_tags"]

_MOST: Final = 50
_TYPES: Final = (
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
)


@rule(
    severity=Severity.ERROR,
    remedy="Keep up to 50 tags; those of the stack count as well.",
    source="https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
)
def too_many_tags(stack: StackReading) -> Iterator[Found]:
    """A resource has more tags than AWS takes."""
    for node in stack.of_type(*_TYPES):
        tags = node.value("Tags")
        count = len(tags) if isinstance(tags, Mapping) else node.count("Tags")
        if count is not None and count > _MOST:
            yield Found(node=node, message=f"{node.path} has {count} tags; it may have {_MOST}.")
