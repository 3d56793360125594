"""What a caller has to be allowed, to hand something to a resource of a type, or to read it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Mapping
from typing import Final

__all__ = ["READ_ACTIONS", "TARGET_ACTIONS"]

TARGET_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::SQS::Queue": ("sqs:SendMessage",),
    "AWS::SNS::Topic": ("sns:Publish",),
    "AWS::Lambda::Function": ("lambda:InvokeFunction",),
    "AWS::Events::EventBus": ("events:PutEvents",),
    "AWS::S3::Bucket": ("s3:PutObject",),
    "AWS::Kinesis::Stream": ("kinesis:PutRecord", "kinesis:PutRecords"),
    # A pipe may run an express state machine and wait for it.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
    "AWS::StepFunctions::StateMachine": ("states:StartExecution", "states:StartSyncExecution"),
    "AWS::CodeBuild::Project": ("codebuild:StartBuild",),
    "AWS::CodePipeline::Pipeline": ("codepipeline:StartPipelineExecution",),
    "AWS::Batch::JobQueue": ("batch:SubmitJob",),
}
"""The type of what is called, to the actions of which the caller's role has to have one."""

_STREAM: Final = ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream")
READ_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
    "AWS::SQS::Queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    # https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
    "AWS::Kinesis::Stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
    # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
    "AWS::DynamoDB::Table": _STREAM,
    "AWS::DynamoDB::GlobalTable": _STREAM,
}
"""The type of an event source, to the actions that the role of its consumer has to have."""
