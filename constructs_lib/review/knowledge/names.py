"""Names that AWS takes: how long, of which characters, and among what they must be unique.

From the API models that botocore ships and the pages named beside them, read on 2026-11-22.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["NAMES", "Name", "Scope"]


class Scope(StrEnum):
    """Among what a name must be unique."""

    REGION = "its account and Region"
    ACCOUNT = "its account"
    WORLD = "all accounts"
    PARENT = "what it belongs to"


@dataclass(frozen=True, kw_only=True)
class Name:
    """What a type's names may be.

    Attributes:
        key: the property.
        longest: how many characters it has at most.
        shortest: at least.
        characters: what one character of it matches; empty where AWS has other rules.
        unique: among what.
        parents: properties that name what it belongs to, where it must be unique in that only.
        ending: how it may end besides.
        folds: whether large and small letters are the same.
    """

    key: str
    longest: int
    shortest: int = 1
    characters: str = r"[A-Za-z0-9_-]"
    unique: Scope = Scope.REGION
    parents: tuple[str, ...] = ()
    ending: str = ""
    folds: bool = False

    def wrong(self, literal: str) -> list[str]:
        """The characters of a text that no such name may have, each once."""
        if not self.characters:
            return []
        inside = dict.fromkeys(literal.removesuffix(self.ending))
        return [each for each in inside if not re.fullmatch(self.characters, each, re.ASCII)]


_DOTTED: Final = r"[A-Za-z0-9_.-]"
_IAM: Final = r"[\w+=,.@-]"

NAMES: Final[Mapping[str, Name]] = {
    "AWS::Backup::BackupVault": Name(key="BackupVaultName", longest=50, shortest=2),
    "AWS::CodeDeploy::Application": Name(
        key="ApplicationName", longest=100, characters=r"[A-Za-z0-9+=,.@_-]"
    ),
    "AWS::CodeDeploy::DeploymentGroup": Name(
        key="DeploymentGroupName",
        longest=100,
        characters="",
        unique=Scope.PARENT,
        parents=("ApplicationName",),
    ),
    "AWS::DynamoDB::GlobalTable": Name(key="TableName", longest=255, shortest=3, characters=_DOTTED),
    "AWS::DynamoDB::Table": Name(key="TableName", longest=255, shortest=3, characters=_DOTTED),
    "AWS::Events::ApiDestination": Name(key="Name", longest=64, characters=_DOTTED),
    "AWS::Events::Archive": Name(key="ArchiveName", longest=48, characters=_DOTTED),
    "AWS::Events::Connection": Name(key="Name", longest=64, characters=_DOTTED),
    "AWS::Events::EventBus": Name(key="Name", longest=256, characters=r"[A-Za-z0-9/_.-]"),
    "AWS::Events::Rule": Name(
        key="Name", longest=64, characters=_DOTTED, unique=Scope.PARENT, parents=("EventBusName",)
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    "AWS::IAM::Group": Name(key="GroupName", longest=128, characters=_IAM, unique=Scope.ACCOUNT, folds=True),
    "AWS::IAM::InstanceProfile": Name(
        key="InstanceProfileName", longest=128, characters=_IAM, unique=Scope.ACCOUNT, folds=True
    ),
    "AWS::IAM::ManagedPolicy": Name(
        key="ManagedPolicyName", longest=128, characters=_IAM, unique=Scope.ACCOUNT, folds=True
    ),
    "AWS::IAM::Role": Name(key="RoleName", longest=64, characters=_IAM, unique=Scope.ACCOUNT, folds=True),
    "AWS::IAM::User": Name(key="UserName", longest=64, characters=_IAM, unique=Scope.ACCOUNT, folds=True),
    "AWS::KMS::Alias": Name(key="AliasName", longest=256, characters=r"[A-Za-z0-9:/_-]"),
    "AWS::Kinesis::Stream": Name(key="Name", longest=128, characters=_DOTTED),
    "AWS::KinesisFirehose::DeliveryStream": Name(key="DeliveryStreamName", longest=64, characters=_DOTTED),
    "AWS::Lambda::Alias": Name(key="Name", longest=128, unique=Scope.PARENT, parents=("FunctionName",)),
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    "AWS::Lambda::Function": Name(key="FunctionName", longest=64),
    "AWS::Logs::LogGroup": Name(key="LogGroupName", longest=512, characters=r"[A-Za-z0-9._/#-]"),
    "AWS::Pipes::Pipe": Name(key="Name", longest=64, characters=_DOTTED),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    "AWS::S3::Bucket": Name(
        key="BucketName", longest=63, shortest=3, characters=r"[a-z0-9.-]", unique=Scope.WORLD
    ),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    "AWS::SQS::Queue": Name(key="QueueName", longest=80, ending=".fifo"),
    # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
    "AWS::SNS::Topic": Name(key="TopicName", longest=256, ending=".fifo"),
    "AWS::SSM::Parameter": Name(key="Name", longest=2_048, characters=r"[A-Za-z0-9_./-]"),
    "AWS::Scheduler::Schedule": Name(
        key="Name", longest=64, characters=_DOTTED, unique=Scope.PARENT, parents=("GroupName",)
    ),
    "AWS::Scheduler::ScheduleGroup": Name(key="Name", longest=64, characters=_DOTTED),
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
    "AWS::StepFunctions::StateMachine": Name(
        key="StateMachineName", longest=80, characters=r'[^\s<>{}\[\]?*"#%\\^|~`$&,;:/]'
    ),
}
