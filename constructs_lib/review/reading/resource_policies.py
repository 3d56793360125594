"""The policies of topics and queues, and the keys that they are encrypted with.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from typing import Final

from constructs_lib.review.reading.closed import is_closed
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.permits import document_statements
from constructs_lib.review.reading.stack import Reading, StackReading
from constructs_lib.review.reading.statements import Statement

__all__ = ["has_policy", "key_of", "managed_key_of", "policy_statements"]

_POLICIES: Final = {
    # Where a policy names what it is of.
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SNS::TopicInlinePolicy": "TopicArn",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SQS::QueueInlinePolicy": "Queue",
}
_OWNERS: Final = ("AWS::SNS::Topic", "AWS::SQS::Queue")
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::Alias")


def has_policy(node: Node) -> bool | None:
    """Whether a topic or a queue has a policy of its own; None where that is known only at deployment."""
    policies = _policies_of(node)
    if any(each.surely_made for each in policies):
        return True
    more = not is_closed(node.stack) or node.stack in node.stack.whole.once("open-resource-policies", _open)
    return None if policies or more else False


def policy_statements(node: Node) -> list[Statement] | None:
    """The statements of all policies of a topic or a queue; None where some are known only at deployment."""
    documents = [document_statements(each, "PolicyDocument") for each in _policies_of(node)]
    return None if None in documents else [each for found in documents for each in found or ()]


def key_of(node: Node) -> Node | None:
    """The customer managed key of a topic, queue or stream, where that is at hand; for an alias, the key behind it."""
    place = ("StreamEncryption", "KeyId") if node.type == "AWS::Kinesis::Stream" else ("KmsMasterKeyId",)
    found = node.target(*place, types=_KEYS)
    return found.target("TargetKeyId", types=_KEYS[:1]) if found and found.type == _KEYS[1] else found


def managed_key_of(node: Node) -> str | None:
    """The alias of the key of AWS that a topic or a queue is encrypted with; None where it is another or none."""
    name = node.value("KmsMasterKeyId")
    alias = name.rpartition(":")[2] if isinstance(name, str) else ""
    return alias if alias.startswith("alias/aws/") and is_known(alias) else None


def _policies_of(node: Node) -> list[Node]:
    return node.stack.whole.referring(tuple(_POLICIES), _owners_of).get(node, [])


def _owners_of(policy: Node) -> list[Node | None]:
    return [policy.stack.find(each, *_OWNERS) for each in policy.items(_POLICIES[policy.type])]


def _open(whole: Reading) -> set[StackReading]:
    """The stacks that have a policy for what is known only at deployment."""
    return {
        policy.stack
        for policy in whole.of_type(*_POLICIES)
        for each in policy.items(_POLICIES[policy.type])
        if policy.stack.find(each, *_OWNERS) is None and not is_known(each)
    }
