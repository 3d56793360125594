from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["managed_policies_above_quota"]

_QUOTA: Final = 10


@rule(
    severity=Severity.WARNING,
    remedy="Join policies, or ask AWS for a higher quota before you deploy.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
)
def managed_policies_above_quota(stack: StackReading) -> Iterator[Found]:
    """A role has more managed policies than accounts may attach without asking."""
    for role in stack.of_type("AWS::IAM::Role"):
        count = role.count("ManagedPolicyArns")
        if count is not None and count > _QUOTA:
            yield Found(
                node=role, message=f"{role.path} has {count} managed policies; the quota is {_QUOTA}."
            )
