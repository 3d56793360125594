"""Who may do what that nobody of them could before, and who no longer may.

A permission is one action on one resource for one principal, under conditions. One that another of the same policies
includes, by a wildcard or with fewer conditions, is no change.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from constructs_lib.review.difference.matching import Comparison, Pair
from constructs_lib.review.difference.permissions import beyond, in_words, said
from constructs_lib.review.difference.words import Told, listed, readable
from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.reading.permits import document_statements
from constructs_lib.review.reading.roles import documents_of
from constructs_lib.review.reading.statements import Statement

__all__ = ["policy_changes"]

_ROLE: Final = "AWS::IAM::Role"
_RESOURCE_POLICIES: Final[Mapping[str, tuple[str, str, str]]] = {
    # Of what a policy is, where it names it, and where the policy itself stands.
    "AWS::SNS::TopicPolicy": ("AWS::SNS::Topic", "Topics", "PolicyDocument"),
    "AWS::SNS::TopicInlinePolicy": ("AWS::SNS::Topic", "TopicArn", "PolicyDocument"),
    "AWS::SQS::QueuePolicy": ("AWS::SQS::Queue", "Queues", "PolicyDocument"),
    "AWS::SQS::QueueInlinePolicy": ("AWS::SQS::Queue", "Queue", "PolicyDocument"),
    "AWS::S3::BucketPolicy": ("AWS::S3::Bucket", "Bucket", "PolicyDocument"),
    "AWS::SecretsManager::ResourcePolicy": ("AWS::SecretsManager::Secret", "SecretId", "ResourcePolicy"),
}
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    # Where a resource has its own policy.
    "AWS::KMS::Key": ("KeyPolicy",),
    "AWS::DynamoDB::Table": ("ResourcePolicy", "PolicyDocument"),
    "AWS::ECR::Repository": ("RepositoryPolicyText",),
    "AWS::Backup::BackupVault": ("AccessPolicy",),
}
_PERMISSION: Final = "AWS::Lambda::Permission"
_UNDER: Final = {"SourceArn": "ArnLike aws:SourceArn", "SourceAccount": "StringEquals aws:SourceAccount"}
_Document = list[Statement] | None
"""A policy; None where some of it is known only at deployment."""
_SHOWN: Final = 4


def policy_changes(comparison: Comparison) -> Iterator[Told]:
    """Policies that allow more or less."""
    for pair in comparison.of_type(_ROLE):
        yield from _role(comparison, pair)
    before, after = (_of_resources(each) for each in (comparison.old, comparison.new))
    for pair in (*comparison.pairs, *comparison.moved):
        if pair.old in before or pair.new in after:
            yield from _known(comparison, pair, before.get(pair.old, []), after.get(pair.new, []))


def _role(comparison: Comparison, pair: Pair) -> Iterator[Told]:
    yield from _known(comparison, pair, list(documents_of(pair.old)), list(documents_of(pair.new)))
    old, new = (_managed(comparison, each) for each in (pair.old, pair.new))
    for kind, these, others, words in (
        ("policy-widened", new, old, "has the managed policy {} now"),
        ("policy-narrowed", old, new, "no longer has the managed policy {}"),
    ):
        if names := [shown for key, shown in these.items() if key not in others]:
            yield Told(kind=kind, node=pair.new, message=f"{pair.new.path} {words.format(listed(names))}.")
    trust = [document_statements(each, "AssumeRolePolicyDocument") for each in (pair.old, pair.new)]
    yield from _known(comparison, pair, [trust[0]], [trust[1]], what=" (its trust)")
    bounded = [each.has("PermissionsBoundary") for each in (pair.old, pair.new)]
    if bounded == [True, False]:
        yield Told(
            kind="policy-widened",
            node=pair.new,
            message=f"{pair.new.path} no longer has a permissions boundary.",
        )
    if bounded == [False, True]:
        yield Told(
            kind="policy-narrowed", node=pair.new, message=f"{pair.new.path} has a permissions boundary now."
        )


def _managed(comparison: Comparison, role: Node) -> Mapping[str, str]:
    """The managed policies of a role whose text is not at hand."""
    return {
        comparison.frozen(role.stack, arn): readable(role.stack, arn)
        for arn in role.items("ManagedPolicyArns")
        if role.stack.find(arn, "AWS::IAM::ManagedPolicy") is None
    }


def _of_resources(whole: Reading) -> Mapping[Node, list[_Document]]:
    """The policies of each resource that has any."""
    found: dict[Node, list[_Document]] = defaultdict(list)
    for type_, (of, owner, place) in _RESOURCE_POLICIES.items():
        for policy in whole.of_type(type_):
            for each in policy.items(owner):
                if target := policy.stack.find(each, of):
                    found[target].append(document_statements(policy, place))
    for type_, keys in _OWN.items():
        for node in whole.of_type(type_):
            found[node].append(document_statements(node, *keys))
    for permission in whole.of_type(_PERMISSION):
        if called := callee_of(permission.stack, permission.value("FunctionName")):
            found[called.function].append([_of_function(permission)])
    return found


def _of_function(permission: Node) -> Statement:
    """A permission of a function, as the statement that Lambda makes of it."""
    conditions = {
        operator: {key: permission.value(name)}
        for name, written in _UNDER.items()
        if permission.has(name)
        for operator, key in [written.split(" ")]
    }
    principal = str(permission.value("Principal"))
    return Statement(
        allows=True,
        actions=(str(permission.value("Action")),),
        inverted_actions=False,
        resources=(str(permission.value("FunctionName")),),
        inverted_resources=False,
        principals={"Service" if principal.endswith(".amazonaws.com") else "AWS": (principal,)},
        inverted_principals=False,
        conditions=conditions,
        node=permission,
    )


def _known(
    comparison: Comparison,
    pair: Pair,
    old: Sequence[_Document],
    new: Sequence[_Document],
    what: str = "",
) -> Iterator[Told]:
    """What policies allow and did not, where all of them are known."""
    if None not in (*old, *new):
        before, after = (
            [each for document in documents for each in document or ()] for documents in (old, new)
        )
        yield from _compared(comparison, pair, before, after, what)


def _compared(
    comparison: Comparison,
    pair: Pair,
    old: Sequence[Statement],
    new: Sequence[Statement],
    what: str = "",
) -> Iterator[Told]:
    before, after = ([said(comparison, each) for each in statements] for statements in (old, new))
    gone, added = beyond(before, after), beyond(after, before)
    for kind, changes in (
        (
            "policy-widened",
            ([each for each in added if each.allows], [each for each in gone if not each.allows]),
        ),
        (
            "policy-narrowed",
            ([each for each in gone if each.allows], [each for each in added if not each.allows]),
        ),
    ):
        allowed, denied = changes
        wider = kind == "policy-widened"
        told = [
            *(f"{'allows' if wider else 'no longer allows'} {each}" for each in in_words(allowed)),
            *(f"{'no longer denies' if wider else 'denies'} {each}" for each in in_words(denied)),
        ]
        if told:
            words = "; ".join(
                [*told[:_SHOWN], *([f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else [])]
            )
            now = " now" if (wider and allowed) or (not wider and denied and not allowed) else ""
            yield Told(kind=kind, node=pair.new, message=f"The policy of {pair.new.path}{what} {words}{now}.")
