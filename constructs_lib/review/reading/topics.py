"""Topics as rules see them: who may publish, with which key, and who hears it.

https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading
from constructs_lib.review.reading.statements import Statement, statements_of

__all__ = ["Topic", "topic_of", "topics_of"]

TOPIC: Final = "AWS::SNS::Topic"
_POLICIES: Final = ("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::Alias")


class Topic:
    """A topic, and what the templates say of it elsewhere."""

    def __init__(self, node: Node) -> None:
        """See `node`."""
        self.node = node

    @cached_property
    def policies(self) -> Sequence[Statement] | None:
        """The statements of its policies; None where it has none of its own, and SNS gives it one."""
        policies = self.node.stack.whole.referring(_POLICIES, _its_topics).get(self.node)
        return (
            [found for each in policies for found in statements_of(each, each.value("PolicyDocument"))]
            if policies
            else None
        )

    @cached_property
    def key(self) -> Node | None:
        """The key that it is encrypted with, where it is at hand; for an alias, the key behind it."""
        found = self.node.target("KmsMasterKeyId", types=_KEYS)
        if found is not None and found.type == "AWS::KMS::Alias":
            return found.target("TargetKeyId", types=("AWS::KMS::Key",))
        return found

    @cached_property
    def subscriptions(self) -> list[Node]:
        """The subscriptions at hand that are resources of their own."""
        return self.node.stack.whole.referring(("AWS::SNS::Subscription",), _its_topic).get(self.node, [])

    @property
    def heard(self) -> bool:
        """Whether anybody at hand subscribes to it."""
        return bool(self.subscriptions) or self.node.has("Subscription", 0)


def topics_of(where: StackReading | Reading) -> list[Topic]:
    """The topics of a stack, or of all."""
    return [topic_of(each) for each in where.of_type(TOPIC)]


def topic_of(node: Node) -> Topic:
    """What is known of one topic."""
    return Topic(node)


def _its_topics(policy: Node) -> list[Node | None]:
    return [policy.stack.find(each, TOPIC) for each in (*policy.items("Topics"), policy.value("TopicArn"))]


def _its_topic(subscription: Node) -> list[Node | None]:
    return [subscription.target("TopicArn", types=(TOPIC,))]
