from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import all_at
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import length_of

__all__ = ["text_too_long"]


@dataclass(frozen=True)
class _Limit:
    """How long a property may be, in characters."""

    type: str
    keys: tuple[str, ...]
    most: int


_LIMITS: Final = (
    # From the API models that botocore ships, read on 2026-11-22.
    _Limit("AWS::Events::Rule", ("EventPattern",), 4_096),
    _Limit("AWS::Events::Rule", ("Description",), 512),
    _Limit("AWS::Events::Rule", ("Targets", "Input"), 8_192),
    _Limit("AWS::Events::Rule", ("Targets", "InputTransformer", "InputTemplate"), 8_192),
    _Limit("AWS::Scheduler::Schedule", ("Description",), 512),
    _Limit("AWS::Scheduler::Schedule", ("ScheduleExpression",), 256),
    _Limit("AWS::StepFunctions::StateMachine", ("DefinitionString",), 1_048_576),
    _Limit("AWS::Lambda::Function", ("Description",), 256),
    _Limit("AWS::Lambda::Alias", ("Description",), 256),
    _Limit("AWS::Lambda::Version", ("Description",), 256),
    _Limit("AWS::Lambda::EventSourceMapping", ("FilterCriteria", "Filters", "Pattern"), 4_096),
    _Limit("AWS::Pipes::Pipe", ("Description",), 512),
    _Limit("AWS::IAM::Role", ("Description",), 1_000),
    _Limit("AWS::IAM::ManagedPolicy", ("Description",), 1_000),
    _Limit("AWS::KMS::Key", ("Description",), 8_192),
    _Limit("AWS::SSM::Parameter", ("Description",), 1_024),
)


@rule(
    severity=Severity.ERROR,
    remedy="Shorten it.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
)
def text_too_long(stack: StackReading) -> Iterator[Found]:
    """A text is longer than its service takes, whatever stands for what is not known of it yet."""
    for limit in _LIMITS:
        for node in stack.of_type(limit.type):
            for value in all_at(node.properties, *limit.keys):
                length = length_of(value)
                if length > limit.most:
                    yield Found(
                        node=node,
                        message=f"{node.path} has a {'.'.join(limit.keys)} of {figure(length)} characters; it may "
                        f"have {figure(limit.most)}.",
                    )
