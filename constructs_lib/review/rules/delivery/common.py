"""What the rules of this family share: deliveries by service, and how to tell of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.deliveries import Delivery, deliveries_to
from constructs_lib.review.reading.permits import document_statements, permits
from constructs_lib.review.reading.resource_policies import key_of, managed_key_of

__all__ = ["key_refuses", "key_words", "needed_by", "refused"]

_KEY_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey")


def refused(
    stack: StackReading, type_: str, refuses: Callable[[Delivery], bool]
) -> Iterator[tuple[Node, str, list[Delivery]]]:
    """The topics or queues of a stack that surely refuse deliveries: which, of which service, and those deliveries."""
    for to in stack.of_type(type_):
        by_service: dict[str, list[Delivery]] = {}
        for each in deliveries_to(to):
            if each.certain and refuses(each):
                by_service.setdefault(each.service, []).append(each)
        for service, deliveries in by_service.items():
            yield to, service, deliveries


def needed_by(deliveries: Sequence[Delivery]) -> str:
    """Who needs them, with the verb: the first by its path, and how many others."""
    first, *others = dict.fromkeys(each.by.path for each in deliveries)
    if not others:
        return f"{first} needs"
    return f"{first} and {len(others)} other{'s' * (len(others) > 1)} need"


def key_refuses(delivery: Delivery) -> bool:
    """Whether the key of a topic or a queue surely refuses the service that sends.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    if managed_key_of(delivery.to):
        return True
    key = key_of(delivery.to)
    statements = document_statements(key, "KeyPolicy") if key else None
    return statements is not None and permits(statements, _KEY_ACTIONS, delivery) is False


def key_words(to: Node) -> str:
    """The key of a topic or a queue, for a message."""
    managed = managed_key_of(to)
    if managed:
        return f"the key {managed} of AWS, whose policy nobody can change"
    key = key_of(to)
    return f"{key.path if key else 'a key'}, whose policy does not let it Decrypt and GenerateDataKey*"
