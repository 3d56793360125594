from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.permits import document_statements
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import is_for_everybody

__all__ = ["policy_open_to_everybody"]

_POLICIES = (
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SQS::QueueInlinePolicy",
)
_CONDITIONS = (
    "SourceArn",
    "SourceAccount",
    "PrincipalOrgID",
    "FunctionUrlAuthType",
    "EventSourceToken",
    "InvokedViaFunctionUrl",
)


@rule(
    severity=Severity.WARNING,
    remedy="Name the principals, or add a condition such as StringEquals aws:SourceAccount or ArnEquals aws:SourceArn.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
)
def policy_open_to_everybody(stack: StackReading) -> Iterator[Found]:
    """A policy lets everybody in the world use a topic, a queue or a function, on no condition."""
    for policy in stack.of_type(*_POLICIES):
        open_ = [
            each for each in document_statements(policy, "PolicyDocument") or () if is_for_everybody(each)
        ]
        actions = dict.fromkeys(action for each in open_ for action in each.actions)
        if actions:
            yield Found(node=policy, message=f"{policy.path} allows everybody {', '.join(actions)}.")
    for permission in stack.of_type("AWS::Lambda::Permission"):
        if permission.text("Principal") == "*" and not any(permission.has(each) for each in _CONDITIONS):
            yield Found(node=permission, message=f"{permission.path} lets everybody invoke its function.")
