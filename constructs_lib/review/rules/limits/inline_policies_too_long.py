from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import length_of

__all__ = ["inline_policies_too_long"]

_MOST: Final = 10_240


@rule(
    severity=Severity.ERROR,
    remedy="Move statements into a managed policy, or join them.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
)
def inline_policies_too_long(stack: StackReading) -> Iterator[Found]:
    """The inline policies of a role are together longer than IAM takes."""
    attached = stack.whole.referring(("AWS::IAM::Policy", "AWS::IAM::RolePolicy"), _roles_of)
    for role in stack.of_type("AWS::IAM::Role"):
        documents = [at(each, "PolicyDocument") for each in role.items("Policies")]
        documents += [each.value("PolicyDocument") for each in attached.get(role, ()) if each.surely_made]
        length = sum(length_of(each, spaces=False) for each in documents if isinstance(each, Mapping))
        if length > _MOST:
            yield Found(
                node=role,
                message=f"The inline policies of {role.path} have at least {figure(length)} characters; they may have "
                f"{figure(_MOST)}.",
            )


def _roles_of(policy: Node) -> list[Node | None]:
    names = [*policy.items("Roles"), policy.value("RoleName")]
    return [policy.stack.find(each, "AWS::IAM::Role") for each in names]
