"""What kinds of actions alarms have.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from typing import Any, Final

from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known

__all__ = ["kind_of", "region_of"]

_KINDS: Final = {
    "AWS::SNS::Topic": "sns",
    "AWS::Lambda::Function": "lambda",
    "AWS::Lambda::Alias": "lambda",
    "AWS::Lambda::Version": "lambda",
    "AWS::AutoScaling::ScalingPolicy": "autoscaling",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "autoscaling",
    "AWS::SSMIncidents::ResponsePlan": "ssm-incidents",
    "AWS::AIOps::InvestigationGroup": "aiops",
    "AWS::SQS::Queue": "sqs",
    "AWS::Events::EventBus": "events",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::KinesisFirehose::DeliveryStream": "firehose",
    "AWS::Logs::LogGroup": "logs",
    "AWS::ECS::Service": "ecs",
    "AWS::CodeBuild::Project": "codebuild",
}
_SERVICE: Final = 2
_REGION: Final = 3
_PARTS: Final = 6


def kind_of(stack: StackReading, action: Any) -> str | None:
    """The service that an action is of, such as ``sns``; None where that is unknown."""
    if not isinstance(action, str):
        return None
    if found := stack.find(action):
        return _KINDS.get(found.type)
    parts = action.split(":")
    if parts[0] != "arn" or len(parts) < _PARTS - 1 or not is_known(parts[_SERVICE]):
        return None
    return "ec2" if parts[_SERVICE] in ("automate", "swf") else parts[_SERVICE]


def region_of(action: Any) -> str | None:
    """The Region that an action's ARN names; None where it is unknown, or it names none."""
    parts = action.split(":") if isinstance(action, str) and action.startswith("arn:") else []
    return parts[_REGION] or None if len(parts) >= _PARTS and is_known(parts[_REGION]) else None
