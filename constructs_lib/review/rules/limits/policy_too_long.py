from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import length_of

__all__ = ["policy_too_long"]


@dataclass(frozen=True)
class _Limit:
    """How long a policy may be; IAM does not count white space."""

    type: str
    key: str
    most: int
    spaces: bool = True


_LIMITS: Final = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    _Limit("AWS::IAM::ManagedPolicy", "PolicyDocument", 6_144, spaces=False),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    _Limit("AWS::SQS::QueuePolicy", "PolicyDocument", 8_192),
    _Limit("AWS::SQS::QueueInlinePolicy", "PolicyDocument", 8_192),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
    _Limit("AWS::S3::BucketPolicy", "PolicyDocument", 20_480),
    # https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
    _Limit("AWS::KMS::Key", "KeyPolicy", 32_768),
)


@rule(
    severity=Severity.ERROR,
    remedy="Join statements, name resources by a common prefix, or split the policy where its kind allows that.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
)
def policy_too_long(stack: StackReading) -> Iterator[Found]:
    """A policy is longer than its service takes, whatever stands for what is not known of it yet."""
    for limit in _LIMITS:
        for node in stack.of_type(limit.type):
            document = node.value(limit.key)
            length = length_of(document, spaces=limit.spaces) if isinstance(document, Mapping) else 0
            if length > limit.most:
                yield Found(
                    node=node,
                    message=f"The {limit.key} of {node.path} has at least {figure(length)} characters; it may have "
                    f"{figure(limit.most)}.",
                )
