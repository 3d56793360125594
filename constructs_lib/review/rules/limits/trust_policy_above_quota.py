from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import length_of

__all__ = ["trust_policy_above_quota"]

_QUOTA: Final = 2_048


@rule(
    severity=Severity.WARNING,
    remedy="Join principals into one statement, or ask AWS for a higher quota before you deploy.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
)
def trust_policy_above_quota(stack: StackReading) -> Iterator[Found]:
    """A role's trust policy is longer than accounts may have without asking."""
    for role in stack.of_type("AWS::IAM::Role"):
        length = length_of(role.value("AssumeRolePolicyDocument") or {}, spaces=False)
        if length > _QUOTA:
            yield Found(
                node=role,
                message=f"The trust policy of {role.path} has {figure(length)} characters; the quota is "
                f"{figure(_QUOTA)}.",
            )
