"""What roles may do, as far as the templates tell: yes, no, or nobody knows yet.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from constructs_lib.review.knowledge.managed_policies import MANAGED_POLICIES
from constructs_lib.review.reading.closed import is_closed, names_are_known
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.grants import may_be_let
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.permits import covers, document_statements
from constructs_lib.review.reading.stack import Reading, StackReading
from constructs_lib.review.reading.statements import Statement

__all__ = ["attached_are_known", "documents_of", "lacks", "may"]

_MANAGED: Final = "AWS::IAM::ManagedPolicy"
_ATTACHED: Final = ("AWS::IAM::Policy", _MANAGED, "AWS::IAM::RolePolicy")


def may(role: Node, action: str, target: Node | None = None) -> bool | None:
    """Whether a role may do something, as far as conditions, boundaries and denials do not say otherwise.

    Args:
        role: the role.
        action: such as ``sqs:SendMessage``.
        target: the resource to which. Left out: to any.
    """
    known = True
    for statements in documents_of(role):
        if statements is None:
            known = False
            continue
        for each in statements:
            if each.allows and each.is_about(action) and (target is None or covers(each, target)):
                return True
            known = known and is_known(list(each.actions))
    for arn in role.items("ManagedPolicyArns"):
        if role.stack.find(arn, _MANAGED) is None:
            actions = MANAGED_POLICIES.get(str(arn).rpartition("/")[2])
            known = known and actions is not None
            if any(fnmatchcase(action.lower(), each.lower()) for each in actions or ()):
                return True
    return False if known and attached_are_known(role) else None


def attached_are_known(role: Node) -> bool:
    """Whether all policies that its stack attaches to a role are at hand."""
    return is_closed(role.stack) and role.stack not in role.stack.whole.once("open-policies", _open)


def lacks(role: Node, actions: Sequence[str], target: Node | None = None) -> list[str]:
    """Those of `actions` that a role, if it is surely made, surely may not do, nor is let by the target."""
    return [
        each
        for each in actions
        if role.surely_made
        and may(role, each, target) is False
        and (target is None or not may_be_let(role, each, target))
    ]


def documents_of(role: Node) -> Iterator[list[Statement] | None]:
    """The statements of each policy of a role that is at hand; None for one that is known only at deployment."""
    for number, policy in enumerate(role.items("Policies")):
        is_one = isinstance(policy, dict)
        yield document_statements(role, "Policies", number, "PolicyDocument") if is_one else None
    managed = [role.stack.find(arn, _MANAGED) for arn in role.items("ManagedPolicyArns")]
    attached = role.stack.whole.referring(_ATTACHED, _roles_of).get(role, ())
    for policy in dict.fromkeys(each for each in (*managed, *attached) if each is not None):
        yield document_statements(policy, "PolicyDocument")


def _roles_of(policy: Node) -> list[Node | None]:
    return [policy.stack.find(name, "AWS::IAM::Role") for name in _role_names(policy)]


def _role_names(policy: Node) -> list[object]:
    return [*policy.items("Roles"), *([policy.value("RoleName")] if policy.has("RoleName") else [])]


def _open(whole: Reading) -> set[StackReading]:
    """The stacks that have a policy for a role whose name is known only at deployment."""
    return {
        policy.stack
        for policy in whole.of_type(*_ATTACHED)
        for name in _role_names(policy)
        if policy.stack.find(name, "AWS::IAM::Role") is None
        and not (is_known(name) and names_are_known(policy.stack, "AWS::IAM::Role", "RoleName"))
    }
