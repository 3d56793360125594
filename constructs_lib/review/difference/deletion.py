"""What becomes of a resource that CloudFormation deletes or replaces.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
"""

from typing import Final

from constructs_lib.review.difference.matching import Pair
from constructs_lib.review.difference.words import listed
from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.replacements import REPLACES, SNAPSHOT_BY_DEFAULT, Emptied, Stateful
from constructs_lib.review.reading import Node
from constructs_lib.review.reading.data import all_at, is_known
from constructs_lib.template.references import name_properties

__all__ = ["ANEW", "DELETION", "REPLACEMENT", "deletion_of", "policy_of", "refusal_of", "replacement_of"]

ANEW: Final = "CloudFormation makes a new, empty one"
DELETION: Final = "DeletionPolicy"
REPLACEMENT: Final = "UpdateReplacePolicy"
_LEFT: Final = "is left as it is, in no stack from then on"
_KEPT: Final = {
    "Retain": _LEFT,
    "RetainExceptOnCreate": _LEFT,
    "Snapshot": "is deleted, and a snapshot is kept",
}
_EMPTIES: Final = {
    "AWS::S3::Bucket": "Custom::S3AutoDeleteObjects",
    "AWS::ECR::Repository": "Custom::ECRAutoDeleteImages",
}
_EMPTIED_BY: Final = ("BucketName", "RepositoryName")
_PROTECTED: Final = (
    ("DeletionProtectionEnabled",),
    ("DeletionProtection",),
    ("Replicas", "DeletionProtectionEnabled"),
)


def policy_of(node: Node, which: str) -> str:
    """The policy of a resource; an unknown one is written as it is."""
    written = node.resource.declared.get(which)
    if written is not None:
        return str(node.stack.values.plain(written)) if isinstance(written, dict) else str(written)
    alone = node.type != "AWS::RDS::DBInstance" or not node.has("DBClusterIdentifier")
    return "Snapshot" if which == DELETION and node.type in SNAPSHOT_BY_DEFAULT and alone else "Delete"


def deletion_of(node: Node, stateful: Stateful) -> tuple[Severity, str]:
    """What becomes of a resource that a stack has no longer: how bad it is, and the end of a sentence about it."""
    return _deletion(node, stateful, policy_of(node, DELETION))


def _deletion(node: Node, stateful: Stateful, policy: str) -> tuple[Severity, str]:
    if saved := _saved(node, stateful, policy):
        return Severity.WARNING, saved
    if stateful.emptied is Emptied.PERHAPS:
        return Severity.WARNING, f"is deleted, with {stateful.holds}"
    if node.type == "AWS::KMS::Key":
        return Severity.ERROR, f"is deleted, and nobody can read {stateful.holds}"
    return Severity.ERROR, f"is deleted, with {stateful.holds}"


def _saved(node: Node, stateful: Stateful, policy: str) -> str | None:
    """What saves what a resource holds; None where nothing does."""
    if policy in _KEPT:
        return _KEPT[policy]
    if not is_known(policy):
        return "is deleted or kept, as is known only at deployment"
    if any(
        str(each).lower() in ("true", "active")
        for keys in _PROTECTED
        for each in all_at(node.properties, *keys)
    ):
        return "is left, for its deletion protection stops CloudFormation from deleting it"
    if stateful.emptied is Emptied.NOT and not _is_emptied(node):
        return "is deleted if it is empty, and left otherwise"
    return None


def _is_emptied(node: Node) -> bool:
    """Whether something empties a resource before CloudFormation deletes it."""
    if node.flag("EmptyOnDelete") is True:
        return True
    kind = _EMPTIES.get(node.type)
    return kind is not None and any(
        each.target(key) is node for each in node.stack.of_type(kind) for key in _EMPTIED_BY
    )


def refusal_of(pair: Pair) -> tuple[Severity, str] | None:
    """Why a new resource cannot be made beside the old one; None where nothing speaks against it."""
    for key in name_properties(pair.new.type):
        name = pair.new.text(key)
        if name and name == pair.old.text(key) and key in REPLACES.get(pair.new.type, ()):
            return (
                Severity.ERROR,
                f"the deployment fails, for the name {name} is taken by the old one; give the new one another",
            )
    return None


def replacement_of(pair: Pair, stateful: Stateful, *, certain: bool) -> tuple[Severity, str]:
    """What becomes of what CloudFormation replaces, surely or perhaps: how bad it is, and the rest of the sentence."""
    policies = {policy_of(each, REPLACEMENT) for each in (pair.old, pair.new)}
    if not certain:
        return (
            Severity.WARNING,
            f"CloudFormation may replace it by a new, empty one ({REPLACEMENT}: {listed(sorted(policies))})",
        )
    if len(policies) > 1:
        both = f"{REPLACEMENT} is {policy_of(pair.new, REPLACEMENT)} now, {policy_of(pair.old, REPLACEMENT)} before"
        return Severity.WARNING, f"{ANEW}; {both}"
    severity, what = _deletion(pair.old, stateful, policies.pop())
    return severity, f"{ANEW}, and the old one {what}"
