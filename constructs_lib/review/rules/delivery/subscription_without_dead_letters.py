from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["subscription_without_dead_letters"]

_KEPT = ("http", "https", "lambda", "sqs", "firehose")


@rule(
    severity=Severity.NOTE,
    remedy="Give the subscription a RedrivePolicy with the ARN of a queue (CDK: dead_letter_queue).",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
)
def subscription_without_dead_letters(stack: StackReading) -> Iterator[Found]:
    """A subscription drops what it cannot deliver, because it has no queue for it."""
    for each in stack.of_type("AWS::SNS::Subscription"):
        if each.text("Protocol") in _KEPT and not each.has("RedrivePolicy"):
            yield Found(node=each, message=f"{each.path} has no RedrivePolicy.")
