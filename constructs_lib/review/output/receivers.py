"""Who hears of a topic: the end of the way from an alarm to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.topics import TOPIC, topic_of

__all__ = ["Receiver", "receivers_of", "told_by"]

_HOW: Final = {
    "email": "Email",
    "email-json": "Email",
    "sms": "SMS",
    "http": "Webhook",
    "https": "Webhook",
    "lambda": "Function",
    "sqs": "Queue",
    "firehose": "Delivery stream",
    "application": "Mobile push",
}
_CHATS: Final = {
    "AWS::Chatbot::SlackChannelConfiguration": "Slack",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "Teams",
}


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Somebody or something that a topic sends to.

    Attributes:
        how: such as ``Email``.
        text: the address, or the path of the resource.
        node: the resource; None where it is none of the templates'.
    """

    how: str
    text: str
    node: Node | None

    def __str__(self) -> str:
        """Such as ``Email ops@example.com``."""
        return f"{self.how} {self.text}"


def receivers_of(topic: Node) -> list[Receiver]:
    """Who hears of a topic."""
    written = [
        (each.value("Protocol"), each.value("Endpoint"), each.stack) for each in topic_of(topic).subscriptions
    ]
    written += [
        (at(each, "Protocol"), at(each, "Endpoint"), topic.stack) for each in topic.items("Subscription")
    ]
    found = [_receiver(str(protocol), str(endpoint), stack) for protocol, endpoint, stack in written]
    chats = topic.stack.whole.referring(tuple(_CHATS), _its_topics).get(topic, ())
    found += [Receiver(how=_CHATS[each.type], text=each.path, node=None) for each in chats]
    return list(dict.fromkeys(found))


def told_by(actions: Sequence[str], stack: StackReading) -> list[str]:
    """Who is told by the actions of an alarm, in words: at a topic with its receivers, or what else an action does."""
    told = []
    for action in actions:
        node = stack.find(action)
        if node is None:
            node = stack.find(action, TOPIC)
        if node is None:
            told.append(action)
        elif node.type == TOPIC:
            receivers = ", ".join(map(str, receivers_of(node))) or "nobody at hand subscribes"
            told.append(f"{node.path}: {receivers}")
        else:
            told.append(node.path)
    return list(dict.fromkeys(told))


def _receiver(protocol: str, endpoint: str, stack: StackReading) -> Receiver:
    node = stack.find(endpoint)
    return Receiver(how=_HOW.get(protocol, protocol), text=node.path if node else endpoint, node=node)


def _its_topics(chat: Node) -> list[Node | None]:
    return [chat.stack.find(each, TOPIC) for each in chat.items("SnsTopicArns")]
