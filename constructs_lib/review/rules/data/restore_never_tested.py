from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["restore_never_tested"]


@rule(
    severity=Severity.NOTE,
    remedy="Make an AWS::Backup::RestoreTestingPlan, or restore by hand now and then.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
)
def restore_never_tested(stack: StackReading) -> Iterator[Found]:
    """Nothing here tests whether backups can be restored."""
    if stack.whole.of_type("AWS::Backup::RestoreTestingPlan"):
        return
    for node in stack.of_type("AWS::Backup::BackupPlan"):
        yield Found(
            node=node, message=f"{node.path} makes backups, and no restore testing plan restores them."
        )
