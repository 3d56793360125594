from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.resource_policies import has_policy, policy_statements
from constructs_lib.review.rule import Found, rule

__all__ = ["transport_not_enforced"]


@rule(
    severity=Severity.NOTE,
    remedy="Deny requests with aws:SecureTransport false in its policy (CDK: enforce_ssl=True). Add what the policy "
    "has to allow: one of its own replaces the one that SNS gives a topic.",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html",
)
def transport_not_enforced(stack: StackReading) -> Iterator[Found]:
    """A topic or a queue takes requests that are not encrypted."""
    for node in stack.of_type("AWS::SNS::Topic", "AWS::SQS::Queue"):
        statements = policy_statements(node) if has_policy(node) is not None else None
        denies = any(
            not each.allows and "aws:SecureTransport" in str(each.conditions) for each in statements or ()
        )
        if statements is not None and not denies:
            yield Found(node=node, message=f"{node.path} has no policy that denies requests without TLS.")
