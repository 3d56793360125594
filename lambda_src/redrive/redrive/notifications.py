"""Notifications of SNS, as a function gets them.

https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from redrive.malformed import MalformedError

__all__ = ["event_of"]

# A notification has these names in JSON, and these in the event of a function.
_NAMES: Final = {
    "Type": "Type",
    "MessageId": "MessageId",
    "TopicArn": "TopicArn",
    "Subject": "Subject",
    "Message": "Message",
    "Timestamp": "Timestamp",
    "SignatureVersion": "SignatureVersion",
    "Signature": "Signature",
    "SigningCertURL": "SigningCertUrl",
    "SigningCertUrl": "SigningCertUrl",
    "UnsubscribeURL": "UnsubscribeUrl",
    "UnsubscribeUrl": "UnsubscribeUrl",
    "MessageAttributes": "MessageAttributes",
}
_NEEDED: Final = ("MessageId", "TopicArn", "Message")


def event_of(body: Any) -> Mapping[str, Any]:
    """The event that SNS invokes a function with for the notification `body`.

    Raises:
        MalformedError: it is no notification.
    """
    if isinstance(body, dict) and _is_event(body.get("Records")):
        return body
    if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in _NEEDED):
        raise MalformedError(f"it is no notification of SNS, which has {', '.join(_NEEDED)}")
    message: dict[str, Any] = {"Subject": None, "MessageAttributes": {}}
    message |= {_NAMES[name]: value for name, value in body.items() if name in _NAMES}
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": _subscription(str(message.get("UnsubscribeUrl") or "")),
        "Sns": message,
    }
    return {"Records": [record]}


def _is_event(records: Any) -> bool:
    return (
        isinstance(records, list)
        and bool(records)
        and all(isinstance(each, dict) and each.get("EventSource") == "aws:sns" for each in records)
    )


def _subscription(link: str) -> str:
    """The subscription, which the link to end it names."""
    return next(iter(parse_qs(urlsplit(link).query).get("SubscriptionArn", [])), "")
