from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import TOPIC
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.delivery.common import key_refuses, key_words, needed_by, refused

__all__ = ["topic_key_refuses_publisher"]


@rule(
    severity=Severity.ERROR,
    remedy="Encrypt the topic with a customer managed key whose policy lets the service call kms:Decrypt and "
    "kms:GenerateDataKey* (CDK: key.grant_encrypt_decrypt(iam.ServicePrincipal(...))).",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
)
def topic_key_refuses_publisher(stack: StackReading) -> Iterator[Found]:
    """A topic's key does not let a service use it that publishes to the topic: what it publishes is lost."""
    for topic, service, deliveries in refused(stack, TOPIC, key_refuses):
        yield Found(
            node=topic,
            message=f"{topic.path} is encrypted with {key_words(topic)}: {service} cannot publish, which "
            f"{needed_by(deliveries)}.",
        )
