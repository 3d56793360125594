"""What policies allow: of resources, of roles, of keys.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from constructs_lib.review.reading.data import at, is_known, items_of
from constructs_lib.review.reading.node import Node

__all__ = ["RoleStatements", "Statement", "allowed", "role_statements", "statements_of"]

_ATTACHED: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy.

    Attributes:
        allows: whether its effect is Allow; otherwise it denies.
        actions: such as ``sns:Publish``; with ``inverted_actions``, those that it is not about.
        inverted_actions: whether it has NotAction.
        resources: ARNs, with placeholders; with ``inverted_resources``, those that it is not about.
        inverted_resources: whether it has NotResource.
        principals: kind to names, such as ``Service`` to ``sns.amazonaws.com``; ``*`` for everybody; empty in the
            policy of a role, which has none.
        inverted_principals: whether it has NotPrincipal.
        conditions: as they are written.
        node: the resource that has the policy.
    """

    allows: bool
    actions: tuple[str, ...]
    inverted_actions: bool
    resources: tuple[str, ...]
    inverted_resources: bool
    principals: Mapping[str, tuple[str, ...]]
    inverted_principals: bool
    conditions: Mapping[str, Any]
    node: Node

    @property
    def known(self) -> bool:
        """Whether it is known what the statement is about: its actions, and whom it is for."""
        return is_known(list(self.actions)) and is_known(self.principals.get("Service", ()) or [])

    def is_about(self, action: str) -> bool:
        """Whether it is about an action."""
        found = any(fnmatchcase(action.lower(), each.lower()) for each in self.actions)
        return found != self.inverted_actions

    def is_for(self, service: str) -> bool:
        """Whether it is for an AWS service, such as ``cloudwatch.amazonaws.com``."""
        named = self.principals.get("Service", ())
        everybody = "*" in self.principals.get("*", ()) or "*" in self.principals.get("AWS", ())
        found = everybody or any(fnmatchcase(service, each) for each in named)
        return found != self.inverted_principals


def statements_of(node: Node, document: Any) -> list[Statement]:
    """The statements of a policy document of `node`; what is none is left out."""
    found = at(document, "Statement")
    return [_statement(node, each) for each in items_of(found) if isinstance(each, Mapping)]


def allowed(statements: Sequence[Statement], action: str, service: str) -> bool | None:
    """Whether an AWS service may do `action`, as far as conditions do not say otherwise; None where that is unknown.

    A denial counts where it has no condition; one that has is for cases, such as requests without TLS.
    """
    about = [each for each in statements if each.is_about(action) and each.is_for(service)]
    if any(not each.allows and not each.conditions for each in about):
        return False
    if any(each.allows for each in about):
        return True
    return None if any(not each.known for each in statements) else False


@dataclass(frozen=True, kw_only=True)
class RoleStatements:
    """What a role's policies say.

    Attributes:
        statements: those that the templates have.
        managed: ARNs of managed policies whose text is elsewhere.
    """

    statements: Sequence[Statement]
    managed: tuple[str, ...]


def role_statements(role: Node) -> RoleStatements:
    """What a role may do: its inline policies, and those attached to it in any template at hand."""
    found = [
        statement
        for policy in role.items("Policies")
        for statement in statements_of(role, at(policy, "PolicyDocument"))
    ]
    managed: list[str] = []
    for arn in role.items("ManagedPolicyArns"):
        policy = role.stack.find(arn, "AWS::IAM::ManagedPolicy")
        if policy is not None:
            found += statements_of(policy, policy.value("PolicyDocument"))
        else:
            managed.append(str(arn))
    for policy in role.stack.whole.referring(_ATTACHED, _its_roles).get(role, ()):
        found += statements_of(policy, policy.value("PolicyDocument"))
    return RoleStatements(statements=found, managed=tuple(managed))


def _its_roles(policy: Node) -> list[Node | None]:
    names = [*policy.items("Roles"), policy.value("RoleName")]
    return [policy.stack.find(name, "AWS::IAM::Role") for name in names]


def _statement(node: Node, written: Mapping[str, Any]) -> Statement:
    principal = written.get("Principal", written.get("NotPrincipal"))
    return Statement(
        allows=str(written.get("Effect")) == "Allow",
        actions=_texts(written.get("Action", written.get("NotAction"))),
        inverted_actions="NotAction" in written,
        resources=_texts(written.get("Resource", written.get("NotResource"))),
        inverted_resources="NotResource" in written,
        principals=_principals(principal),
        inverted_principals="NotPrincipal" in written,
        conditions=conditions if isinstance(conditions := written.get("Condition"), Mapping) else {},
        node=node,
    )


def _principals(written: Any) -> dict[str, tuple[str, ...]]:
    if isinstance(written, Mapping):
        return {str(kind): _texts(names) for kind, names in written.items()}
    return {} if written is None else {"*": _texts(written)}


def _texts(written: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in items_of(written))
