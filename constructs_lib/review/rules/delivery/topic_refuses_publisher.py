from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import TOPIC, Delivery
from constructs_lib.review.reading.permits import permits
from constructs_lib.review.reading.resource_policies import has_policy, policy_statements
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.delivery.common import needed_by, refused

__all__ = ["topic_refuses_publisher"]

_REFUSED_BY_DEFAULT = (
    # The policy that SNS gives a topic lets its account publish, not these services.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    "events.amazonaws.com",
    "s3.amazonaws.com",
    "budgets.amazonaws.com",
)


@rule(
    severity=Severity.ERROR,
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    remedy="Allow the service sns:Publish in the AWS::SNS::TopicPolicy (CDK: topic.add_to_resource_policy): "
    "EventBridge without a Condition, others where aws:SourceAccount is your account. A policy of its own replaces "
    "the one that SNS gives a topic, so one that only denies refuses everybody.",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
)
def topic_refuses_publisher(stack: StackReading) -> Iterator[Found]:
    """A topic's policy does not let a service publish that is told to: what it publishes is lost."""
    for topic, service, deliveries in refused(stack, TOPIC, _refuses):
        yield Found(
            node=topic,
            message=f"{topic.path} has no policy that lets {service} publish, which {needed_by(deliveries)}.",
        )


def _refuses(delivery: Delivery) -> bool:
    has = has_policy(delivery.to)
    if not has:
        return has is False and delivery.service in _REFUSED_BY_DEFAULT
    statements = policy_statements(delivery.to)
    return statements is not None and permits(statements, ("sns:Publish",), delivery) is False
