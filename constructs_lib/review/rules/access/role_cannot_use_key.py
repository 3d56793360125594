from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.grants import names_others
from constructs_lib.review.reading.permits import document_statements
from constructs_lib.review.reading.resource_policies import key_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE, calls_of, destinations_of, missing_words

__all__ = ["role_cannot_use_key"]

_SEND: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_READ: Final = ("kms:Decrypt",)


@rule(
    severity=Severity.ERROR,
    remedy="Allow the role the actions on the key (CDK: queue.grant_send_messages, queue.grant_consume_messages and "
    "key.grant_encrypt_decrypt do).",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
)
def role_cannot_use_key(stack: StackReading) -> Iterator[Found]:
    """A role sends to or reads from what is encrypted with a key that it may not use: nothing gets through."""
    for by, role, target, actions in _uses(stack):
        key = key_of(target)
        certain = by.surely_made and target.surely_made and key is not None and key.surely_made
        missing = lacks(role, actions, key) if certain else []
        statements = document_statements(key, "KeyPolicy") if key and missing else None
        if key and statements is not None and names_others(statements, _SEND, role):
            words = missing_words(role, missing, key)
            yield Found(node=by, message=f"{by.path} uses {target.path}, which is encrypted, and {words}.")


def _uses(stack: StackReading) -> Iterator[tuple[Node, Node, Node, tuple[str, ...]]]:
    """Who uses what as which role, and what of the key that takes."""
    for function in functions_of(stack):
        role = function.role
        if role is None:
            continue
        for mapping in function.polled:
            source = mapping.target("EventSourceArn", types=("AWS::SQS::Queue", "AWS::Kinesis::Stream"))
            if source:
                yield mapping, role, source, _READ
        for by, target in destinations_of(function):
            yield by, role, target, _SEND
    for by, role_name, target, reads in calls_of(stack):
        found = stack.find(role_name, ROLE)
        if found:
            yield by, found, target, _READ if reads else _SEND
