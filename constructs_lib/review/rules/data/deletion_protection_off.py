from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.stateful import STATEFUL
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import KEPT, is_part, is_protected, policy_written

__all__ = ["deletion_protection_off"]


@rule(
    severity=Severity.NOTE,
    remedy="Switch deletion protection on (DeletionProtectionEnabled or DeletionProtection; deletion_protection "
    "in the CDK).",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
)
def deletion_protection_off(stack: StackReading) -> Iterator[Found]:
    """What is kept when its stack is deleted can still be deleted by anybody who may."""
    for type_, kind in STATEFUL.items():
        for node in stack.of_type(type_):
            kept = policy_written(node, "DeletionPolicy", kind.default) in KEPT
            if kept and kind.protection and is_protected(node) is False and not is_part(node):
                yield Found(node=node, message=f"{node.path} has no {kind.protection}.")
