from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import documents_of
from constructs_lib.review.rule import Found, rule

__all__ = ["role_allows_everything"]

_ADMINISTRATORS = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


@rule(
    severity=Severity.WARNING,
    remedy="Name the actions and the resources that the function needs (CDK: the grant methods of the resources do).",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
)
def role_allows_everything(stack: StackReading) -> Iterator[Found]:
    """A function's role may do everything, or everything of a service, to all resources."""
    for role in dict.fromkeys(each.role for each in functions_of(stack)):
        if role and (wide := dict.fromkeys(_wide(role))):
            yield Found(node=role, message=f"{role.path} allows {', '.join(wide)} on all resources.")


def _wide(role: Node) -> Iterator[str]:
    for each in (each for statements in documents_of(role) for each in statements or ()):
        if each.allows and not each.conditions and not each.inverted_actions and "*" in each.resources:
            yield from (
                name for name in each.actions if is_known(name) and (name == "*" or name.endswith(":*"))
            )
    names = [str(arn).rpartition("/")[2] for arn in role.items("ManagedPolicyArns")]
    yield from (each for each in names if each in _ADMINISTRATORS)
