from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.stateful import STATEFUL
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import is_part, is_protected, policy_written

__all__ = ["data_deleted_with_stack"]


@rule(
    severity=Severity.WARNING,
    remedy="Set DeletionPolicy and UpdateReplacePolicy to Retain (removal_policy in the CDK), or switch on "
    "deletion protection.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
)
def data_deleted_with_stack(stack: StackReading) -> Iterator[Found]:
    """Data is deleted together with its stack, or when its resource leaves the template."""
    for type_, kind in STATEFUL.items():
        for node in stack.of_type(type_):
            policy = policy_written(node, "DeletionPolicy", kind.default)
            if policy == "Delete" and is_protected(node) is False and not is_part(node):
                yield Found(node=node, message=f"{node.path} is deleted with its stack, data and all.")
