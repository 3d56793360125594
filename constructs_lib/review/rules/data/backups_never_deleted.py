from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import calls_of

__all__ = ["backups_never_deleted"]


@rule(
    severity=Severity.NOTE,
    remedy="Delete old backups (dynamodb:DeleteBackup), or let AWS Backup make and delete them.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html",
)
def backups_never_deleted(stack: StackReading) -> Iterator[Found]:
    """Backups of a table are made again and again, and nothing here deletes one."""
    if stack.whole.once("backups-are-deleted", _are_deleted):
        return
    for call in calls_of(stack, "dynamodb:createBackup"):
        what = f" of {call.table.path}" if call.table is not None else ""
        yield Found(
            node=call.by,
            message=f"{call.by.path} makes backups{what}, which are kept until they are deleted.",
        )


def _are_deleted(whole: Reading) -> bool:
    return any(True for each in whole.stacks for _ in calls_of(each, "dynamodb:deleteBackup"))
