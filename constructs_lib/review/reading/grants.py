"""Whether what a role calls may let it by a policy of its own, which within an account is enough.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Sequence
from typing import Final

from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.permissions import permissions_of
from constructs_lib.review.reading.resource_policies import has_policy, policy_statements
from constructs_lib.review.reading.statements import Statement

__all__ = ["may_be_let", "names_others"]

_ROLE: Final = "AWS::IAM::Role"
_POLICIES: Final = {
    # What has a policy as a resource of its own, and the type of that: where there is one it is not looked into.
    "AWS::S3::Bucket": "AWS::S3::BucketPolicy",
    "AWS::Events::EventBus": "AWS::Events::EventBusPolicy",
    "AWS::Kinesis::Stream": "AWS::Kinesis::ResourcePolicy",
}
_INSIDE: Final = {
    "AWS::DynamoDB::Table": (("ResourcePolicy",), ("StreamSpecification", "ResourcePolicy")),
    "AWS::DynamoDB::GlobalTable": (("Replicas",),),
}


def may_be_let(role: Node, action: str, target: Node) -> bool:
    """Whether `target` may let a role do something whatever the role's own policies say."""
    if target.type in ("AWS::SNS::Topic", "AWS::SQS::Queue"):
        return _by_its_policy(role, action, target)
    if target.type == "AWS::Lambda::Function":
        return any(not _is_a_service(each.value("Principal")) for each in permissions_of(target))
    if policies := _POLICIES.get(target.type):
        return bool(target.stack.whole.of_type(policies))
    return any(target.has(*place) for place in _INSIDE.get(target.type, ()))


def _by_its_policy(role: Node, action: str, target: Node) -> bool:
    if not has_policy(target):
        # The policy that SNS gives a topic names everybody of its account; a queue has none.
        return has_policy(target) is None or target.type == "AWS::SNS::Topic"
    statements = policy_statements(target)
    if statements is None:
        return True
    return not names_others(statements, (action,), role)


def names_others(statements: Sequence[Statement], actions: Sequence[str], role: Node) -> bool:
    """Whether a policy that lets anybody do one of `actions` surely names others than a role."""
    allowing = [
        each
        for each in statements
        if each.allows and (any(map(each.is_about, actions)) or not is_known(list(each.actions)))
    ]
    named = [
        (each.node, name)
        for each in allowing
        for kind in ("AWS", "*")
        for name in each.principals.get(kind, ())
    ]
    inverted = any(each.inverted_principals for each in allowing)
    return not inverted and all(_is_another(role, node, name) for node, name in named)


def _is_another(role: Node, by: Node, name: str) -> bool:
    # The account itself leaves it to the policies of its roles.
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    found = by.stack.find(name, _ROLE)
    return name.endswith(":root") or name.isdigit() or (found is not None and found is not role)


def _is_a_service(principal: object) -> bool:
    return isinstance(principal, str) and ".amazonaws.com" in principal
