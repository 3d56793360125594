from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, is_known, items_of
from constructs_lib.review.rule import Found, rule

__all__ = ["queue_policy_over_limit"]

_STATEMENTS: Final = 20
_ACTIONS: Final = 7


@rule(
    severity=Severity.ERROR,
    remedy="Join statements, and name more than 7 actions by a wildcard or in two statements.",
    source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
)
def queue_policy_over_limit(stack: StackReading) -> Iterator[Found]:
    """A queue's policy has more statements, or more actions in one, than SQS takes."""
    for node in stack.of_type("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"):
        count = node.count("PolicyDocument", "Statement")
        if count is not None and count > _STATEMENTS:
            yield Found(node=node, message=f"{node.path} has {count} statements; it may have {_STATEMENTS}.")
        for number, each in enumerate(node.items("PolicyDocument", "Statement"), start=1):
            actions = [action for action in items_of(at(each, "Action")) if is_known(action)]
            if len(actions) > _ACTIONS:
                yield Found(
                    node=node,
                    message=f"The statement {number} of {node.path} names {len(actions)} actions; it may name "
                    f"{_ACTIONS}.",
                )
