import re
from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, is_known, text_of
from constructs_lib.review.reading.deliveries import TOPIC
from constructs_lib.review.rule import Found, rule

__all__ = ["subscription_endpoint_mismatch"]

_FORMS: Final = {
    # https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
    "http": (r"http://.+", "begin with http://"),
    "https": (r"https://.+", "begin with https://"),
    "email": (r"[^@\s]+@[^@\s]+", "be an e-mail address"),
    "email-json": (r"[^@\s]+@[^@\s]+", "be an e-mail address"),
    "sms": (r"\+?[0-9() .\-]+", "be a phone number"),
    "sqs": (r"arn:[^:]+:sqs:.+", "be the ARN of a queue"),
    "lambda": (r"arn:[^:]+:lambda:.+", "be the ARN of a function"),
    "firehose": (r"arn:[^:]+:firehose:.+", "be the ARN of a delivery stream"),
    "application": (r"arn:[^:]+:sns:.+", "be the ARN of an app on a device"),
}
_KINDS: Final = {"AWS::SQS::Queue": "sqs", "AWS::Lambda::Function": "lambda"}
_ARN: Final = re.compile(r"\$\{[^}]+\.(?:Arn|FunctionArn)\}")
_REF: Final = re.compile(r"\$\{[^}.]+(?:\.QueueUrl)?\}")


@rule(
    severity=Severity.ERROR,
    remedy="Give Endpoint the form of its Protocol; for a queue or a function that is its ARN, !GetAtt Name.Arn.",
    source="https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",
)
def subscription_endpoint_mismatch(stack: StackReading) -> Iterator[Found]:
    """A subscription's endpoint is not of the form that its protocol takes: the deployment is refused."""
    for node, written in _subscriptions(stack):
        protocol, endpoint = text_of(at(written, "Protocol")), at(written, "Endpoint")
        if not protocol or not node.surely_made:
            continue
        if protocol not in _FORMS:
            yield Found(
                node=node, message=f"{node.path} has the protocol {protocol}, which SNS does not know."
            )
        elif isinstance(endpoint, str) and endpoint and _is_other(node, protocol, endpoint):
            yield Found(
                node=node,
                message=f"{node.path} has the protocol {protocol}, and its endpoint {endpoint} should "
                f"{_FORMS[protocol][1]}.",
            )
        elif protocol == "firehose" and node.type != TOPIC and not node.has("SubscriptionRoleArn"):
            yield Found(
                node=node,
                message=f"{node.path} has the protocol firehose and no SubscriptionRoleArn.",
                remedy="Give it the role as which SNS may put records into the delivery stream.",
            )


def _subscriptions(stack: StackReading) -> Iterator[tuple[Node, Any]]:
    for each in stack.of_type("AWS::SNS::Subscription"):
        yield each, each.properties
    for topic in stack.of_type(TOPIC):
        for written in topic.items("Subscription"):
            yield topic, written


def _is_other(by: Node, protocol: str, endpoint: str) -> bool:
    if is_known(endpoint):
        return re.fullmatch(_FORMS[protocol][0], endpoint) is None
    found = by.stack.find(endpoint)
    if found is None or found.type not in _KINDS:
        return False
    # A Ref to a queue is its address, one to a function its name.
    is_ref = _REF.fullmatch(endpoint) is not None
    return is_ref or (_KINDS[found.type] != protocol and _ARN.fullmatch(endpoint) is not None)
