from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import QUEUE, Delivery
from constructs_lib.review.reading.permits import permits
from constructs_lib.review.reading.resource_policies import has_policy, policy_statements
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.delivery.common import needed_by, refused

__all__ = ["queue_refuses_sender"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the service sqs:SendMessage in an AWS::SQS::QueuePolicy, on the condition that aws:SourceArn is the "
    "topic, rule or bucket that sends (CDK: sns_subscriptions.SqsSubscription and targets.SqsQueue do).",
    source="https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
)
def queue_refuses_sender(stack: StackReading) -> Iterator[Found]:
    """A queue's policy does not let a service send that is told to: what it sends is lost."""
    for queue, service, deliveries in refused(stack, QUEUE, _refuses):
        yield Found(
            node=queue,
            message=f"{queue.path} has no policy that lets {service} send, which {needed_by(deliveries)}.",
        )


def _refuses(delivery: Delivery) -> bool:
    # A queue without a policy is open to nobody but its account's own identities.
    if not has_policy(delivery.to):
        return has_policy(delivery.to) is False
    statements = policy_statements(delivery.to)
    return statements is not None and permits(statements, ("sqs:SendMessage",), delivery) is False
