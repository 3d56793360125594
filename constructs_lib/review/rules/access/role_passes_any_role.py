from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.roles import documents_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE

__all__ = ["role_passes_any_role"]


@rule(
    severity=Severity.WARNING,
    remedy="Name the roles that may be passed, and to which service: Condition StringEquals iam:PassedToService.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
)
def role_passes_any_role(stack: StackReading) -> Iterator[Found]:
    """A role may pass any role to any service, and so get the permissions of all of them."""
    for role in stack.of_type(ROLE):
        passing = [
            each
            for statements in documents_of(role)
            for each in statements or ()
            if each.allows and not each.conditions and not each.inverted_actions and "*" in each.resources
            if "iam:passrole" in (action.lower() for action in each.actions)
        ]
        if passing:
            yield Found(
                node=role, message=f"{role.path} allows iam:PassRole on all roles, without a condition."
            )
