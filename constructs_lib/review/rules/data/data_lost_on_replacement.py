from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.stateful import STATEFUL
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import KEPT, is_part, is_protected, policy_written

__all__ = ["data_lost_on_replacement"]


@rule(
    severity=Severity.WARNING,
    remedy="Set UpdateReplacePolicy to what DeletionPolicy is.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
)
def data_lost_on_replacement(stack: StackReading) -> Iterator[Found]:
    """Data is kept when its stack is deleted, and lost when an update replaces its resource."""
    for type_ in STATEFUL:
        for node in stack.of_type(type_):
            kept = policy_written(node, "DeletionPolicy", "")
            replaced = policy_written(node, "UpdateReplacePolicy", "Delete")
            if kept in KEPT and replaced == "Delete" and is_protected(node) is False and not is_part(node):
                yield Found(
                    node=node,
                    message=f"{node.path} has the DeletionPolicy {kept} and no UpdateReplacePolicy like it.",
                )
