"""The parking queue: where letters lie that nobody re-drives any more, until a person looks at them."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from redrive.model import Letter

__all__ = ["DETAIL", "Parking"]

DETAIL: Final = "Redrive"
"""The attribute that says why a letter was parked."""

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_ATTRIBUTES: Final = 10
_BYTES: Final = 1_048_576
_REASON: Final = 1_000
"""Characters of the reason at most."""
_SHORT: Final = 100
_GIVEN: Final = ("DataType", "StringValue", "BinaryValue")

_Attributes = Mapping[str, Mapping[str, Any]]


class Parking:
    """The parking queue at `url`, for letters of the queue `origin`.

    A parked message has the body and the attributes of the letter, and one attribute more, ``Redrive``: a JSON object
    with the reason, the attempts, the error, the queue it came from, and the id, time and group it had there. A
    letter that has ten attributes already, as many as a message may have, has them in that object (``attributes``).
    Where a letter is so large that it leaves no room, the object is shortened or left out, never the letter; the
    ledger has the reason all the same.
    """

    def __init__(self, client: Any, url: str, origin: str) -> None:
        """`client` is boto3's of SQS, `origin` an ARN."""
        self._client = client
        self._url = url
        self._origin = origin

    def park(self, letter: Letter, *, reason: str, attempts: int, error_type: str) -> None:
        """Send all of `letter`, with why."""
        own = {
            name: {key: value[key] for key in _GIVEN if key in value}
            for name, value in letter.attributes.items()
        }
        detail = {
            "reason": reason[:_REASON],
            "attempts": attempts,
            "error_type": error_type,
            "origin": self._origin,
            "message_id": letter.message_id,
            "sent_at": letter.sent_at,
            "group": letter.system.get("MessageGroupId", ""),
        }
        fitting = (each for each in _forms(own, detail) if _fits(letter.body, each))
        self._client.send_message(
            QueueUrl=self._url, MessageBody=letter.body, MessageAttributes=next(fitting, own)
        )


def _forms(own: _Attributes, detail: Mapping[str, Any]) -> Iterator[_Attributes]:
    """The attributes that say most, then those that say less."""
    short = {**detail, "reason": detail["reason"][:_SHORT]}
    if DETAIL not in own:
        yield {**own, DETAIL: _string(detail)}
    yield {DETAIL: _string({**detail, "attributes": {name: _text(value) for name, value in own.items()}})}
    if DETAIL not in own:
        yield {**own, DETAIL: _string(short)}


def _fits(body: str, attributes: _Attributes) -> bool:
    sizes = [
        len(name.encode()) + sum(len(_raw(value)) for value in each.values())
        for name, each in attributes.items()
    ]
    return len(attributes) <= _ATTRIBUTES and len(body.encode()) + sum(sizes) <= _BYTES


def _raw(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray) else str(value).encode()


def _string(value: Mapping[str, Any]) -> dict[str, str]:
    return {"DataType": "String", "StringValue": json.dumps(value)}


def _text(value: Mapping[str, Any]) -> dict[str, str]:
    """An attribute as JSON has it: bytes in base64."""
    return {
        name: base64.b64encode(each).decode() if isinstance(each, bytes | bytearray) else str(each)
        for name, each in value.items()
    }
