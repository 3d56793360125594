"""Templates of as many resources as are asked for, in the shape of order services: what a review is measured with."""

import json
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

__all__ = ["template_of_size", "write_template"]


def write_template(path: Path, resources: int) -> Path:
    """A template of exactly so many resources, written to `path`."""
    path.write_text(json.dumps(template_of_size(resources), indent=1), encoding="utf-8")
    return path


def template_of_size(resources: int) -> dict[str, Any]:
    """A template of exactly so many resources."""
    found = islice((each for number in count(1) for each in _service(number)), resources)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": dict(found)}


def _service(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A function with what makes it safe: what is used stands before what uses it."""
    own = f"Service{number}"
    yield f"{own}Topic", _resource("AWS::SNS::Topic", {"DisplayName": own})
    yield (
        f"{own}DeadLetters",
        _resource("AWS::SQS::Queue", {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True}),
    )
    yield (
        f"{own}Queue",
        _resource(
            "AWS::SQS::Queue",
            {
                "VisibilityTimeout": 180,
                "RedrivePolicy": {
                    "deadLetterTargetArn": _attribute(f"{own}DeadLetters", "Arn"),
                    "maxReceiveCount": 5,
                },
            },
        ),
    )
    yield (
        f"{own}Table",
        _resource(
            "AWS::DynamoDB::Table",
            {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        )
        | {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
    )
    yield f"{own}Role", _resource("AWS::IAM::Role", _role(own))
    yield f"{own}Log", _resource("AWS::Logs::LogGroup", {"RetentionInDays": 30})
    yield (
        f"{own}Function",
        _resource(
            "AWS::Lambda::Function",
            {
                "Code": {"ZipFile": "def handler(event, context): return event"},
                "Handler": "index.handler",
                "Runtime": "python3.14",
                "Role": _attribute(f"{own}Role", "Arn"),
                "Timeout": 30,
                "MemorySize": 256,
                "LoggingConfig": {"LogGroup": {"Ref": f"{own}Log"}, "LogFormat": "JSON"},
                "Environment": {"Variables": {"TABLE": {"Ref": f"{own}Table"}}},
            },
        ),
    )
    yield (
        f"{own}Source",
        _resource(
            "AWS::Lambda::EventSourceMapping",
            {
                "FunctionName": {"Ref": f"{own}Function"},
                "EventSourceArn": _attribute(f"{own}Queue", "Arn"),
                "BatchSize": 10,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        ),
    )
    function = {"FunctionName": {"Ref": f"{own}Function"}}
    yield f"{own}Errors", _alarm(own, "AWS/Lambda", "Errors", "Sum", function)
    yield f"{own}Throttles", _alarm(own, "AWS/Lambda", "Throttles", "Sum", function)
    queue = {"QueueName": _attribute(f"{own}DeadLetters", "QueueName")}
    yield (
        f"{own}Lost",
        _alarm(own, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", queue),
    )


def _alarm(
    own: str, namespace: str, metric: str, statistic: str, dimensions: dict[str, Any]
) -> dict[str, Any]:
    return _resource(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": f"{own}Topic"}],
        },
    )


def _role(own: str) -> dict[str, Any]:
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    return {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "Policies": [
            {
                "PolicyName": "Own",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": actions, "Resource": _attribute(f"{own}Queue", "Arn")},
                        {
                            "Effect": "Allow",
                            "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
                            "Resource": _attribute(f"{own}Table", "Arn"),
                        },
                    ],
                },
            }
        ],
    }


def _resource(type_: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def _attribute(logical_id: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}
