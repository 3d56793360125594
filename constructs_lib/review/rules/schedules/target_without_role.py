import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, targets_of

__all__ = ["target_without_role"]

_SERVICES: Final = {
    # Kinds of targets that EventBridge calls as a role, not as itself.
    "states": "a state machine",
    "kinesis": "a stream",
    "firehose": "a delivery stream",
    "ecs": "an ECS cluster",
    "batch": "a job queue",
    "codebuild": "a CodeBuild project",
    "codepipeline": "a pipeline",
}
_TYPES: Final = {
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::KinesisFirehose::DeliveryStream": "firehose",
    "AWS::ECS::Cluster": "ecs",
    "AWS::Batch::JobQueue": "batch",
    "AWS::CodeBuild::Project": "codebuild",
    "AWS::CodePipeline::Pipeline": "codepipeline",
}


@rule(
    severity=Severity.ERROR,
    remedy="Set RoleArn of the target to a role that events.amazonaws.com may assume and that may call it.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
)
def target_without_role(stack: StackReading) -> Iterator[Found]:
    """A rule has a target that EventBridge calls only with a role, and names none: it is refused."""
    for target in targets_of(stack, RULE):
        if has(target.data, "RoleArn") or target.by.has("RoleArn") or target.arn is None:
            continue
        match = re.match(r"arn:[^:]*:([a-z]+):", target.arn)
        resource = target.by.stack.find(target.arn)
        service = match[1] if match else _TYPES.get(resource.type) if resource else None
        if service in _SERVICES:
            yield Found(
                node=target.by,
                message=f"{target.name} is {_SERVICES[service]} and has no RoleArn.",
            )
