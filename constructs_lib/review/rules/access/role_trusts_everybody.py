from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.permits import document_statements
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE, is_for_everybody

__all__ = ["role_trusts_everybody"]


@rule(
    severity=Severity.WARNING,
    remedy="Name who may assume the role, or add a condition such as StringEquals aws:PrincipalOrgID.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
)
def role_trusts_everybody(stack: StackReading) -> Iterator[Found]:
    """A role lets everybody in the world assume it, on no condition."""
    for role in stack.of_type(ROLE):
        statements = document_statements(role, "AssumeRolePolicyDocument") or ()
        if any(each.is_about("sts:AssumeRole") and is_for_everybody(each) for each in statements):
            yield Found(node=role, message=f"{role.path} may be assumed by everybody.")
