"""What a reference gives: the name of a resource, another of its attributes, or a pseudo parameter.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.template.model import Template

__all__ = [
    "NAME_ATTRIBUTES",
    "PLACEHOLDER",
    "REFERENCE_IS_NAME",
    "REFERENCE_IS_NO_NAME",
    "is_known",
    "name_properties",
    "pseudo_parameters",
    "without_placeholders",
]

PLACEHOLDER: Final = re.compile(r"\$\{([^${}]+)\}")
_DYNAMIC: Final = "{{resolve:"
NAME_ATTRIBUTES: Final = ("QueueName", "TopicName", "Name", "FunctionName", "TableName")
"""Attributes that are the name of the resource, where its reference is something else."""
REFERENCE_IS_NAME: Final = frozenset(
    {
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ - "Return values" of each
        "AWS::ApiGateway::Stage",
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::ECS::Cluster",
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::Scheduler::Schedule",
    }
)
REFERENCE_IS_NO_NAME: Final = {
    "AWS::SQS::Queue": "QueueUrl",
    "AWS::SNS::Topic": "TopicArn",
    "AWS::StepFunctions::StateMachine": "Arn",
    "AWS::Lambda::Alias": "AliasArn",
    "AWS::Lambda::Version": "FunctionArn",
    "AWS::CloudWatch::AlarmMuteRule": "Arn",
}
_NAMED_OTHERWISE: Final = {"AWS::DynamoDB::GlobalTable": "TableName"}
_PARTITIONS: Final = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}
_PARTITION: Final = ("aws", "amazonaws.com")


def name_properties(type_: str) -> tuple[str, ...]:
    """The properties that may hold the name of a resource of this type, the likeliest first."""
    return (
        _NAMED_OTHERWISE.get(type_, f"{type_.rpartition('::')[2]}Name"),
        "AlarmName",
        "Name",
    )


def pseudo_parameters(template: Template) -> dict[str, str]:
    """The pseudo parameters of a template; those that are known only at deployment are placeholders."""
    region = template.region or ""
    partition, suffix = next(
        (found for prefix, found in _PARTITIONS.items() if region.startswith(prefix)), _PARTITION
    )
    known: Mapping[str, str | None] = {
        "AWS::AccountId": template.account,
        "AWS::Region": template.region,
        "AWS::Partition": partition,
        "AWS::URLSuffix": suffix,
        # CloudFormation adds a random part to the name of a nested stack.
        "AWS::StackName": None if template.parent else template.name,
    }
    return {name: value or f"${{{name}}}" for name, value in known.items()}


def without_placeholders(text: str) -> str:
    """`text`, so that it can stand within a placeholder itself."""
    return re.sub(r"[${}]", "", text)


def is_known(value: Any) -> bool:
    """Whether nothing anywhere in `value` is known only at deployment."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if _DYNAMIC in each or ("${" in each and PLACEHOLDER.search(each)):
                return False
        elif isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return True
