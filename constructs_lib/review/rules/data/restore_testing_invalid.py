from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.backups import RESTORE_PLAN_RANGES, RESTORE_RANGES, RESTORE_TYPES
from constructs_lib.review.knowledge.ranges import outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["restore_testing_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Set the property to a value that AWS Backup takes, or leave it out.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html",
)
def restore_testing_invalid(stack: StackReading) -> Iterator[Found]:
    """A test of restores has a setting that AWS Backup refuses."""
    for node in stack.of_type("AWS::Backup::RestoreTestingPlan"):
        for message in outside(node, RESTORE_PLAN_RANGES):
            yield Found(node=node, message=message)
    for node in stack.of_type("AWS::Backup::RestoreTestingSelection"):
        for message in outside(node, RESTORE_RANGES):
            yield Found(node=node, message=message)
        kind = node.text("ProtectedResourceType")
        if kind is not None and kind not in RESTORE_TYPES:
            yield Found(
                node=node,
                message=f"{node.path} has the ProtectedResourceType {kind}; it may be {', '.join(RESTORE_TYPES)}.",
            )
