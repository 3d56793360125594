import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import (
    text_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import (
    calls_of,
)

__all__ = ["backup_name_invalid"]

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_CONTEXT: Final = {
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    "<aws.scheduler.scheduled-time>": "2022-03-22T18:59:43Z",
    "<aws.scheduler.schedule-arn>": "arn:aws:scheduler",
    "<aws.scheduler.execution-id>": "d32c5kddcf5bb8c3",
    "<aws.scheduler.attempt-number>": "1",
}


@rule(
    severity=Severity.ERROR,
    remedy="Give a BackupName of 3 to 255 letters, digits, dots, underscores and hyphens; a scheduled time has "
    "colons.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html",
)
def backup_name_invalid(stack: StackReading) -> Iterator[Found]:
    """A table is to be backed up under a name that DynamoDB refuses: every backup fails."""
    for call in calls_of(stack, "dynamodb:createBackup"):
        name = text_of(call.arguments.get("BackupName"))
        if name is None:
            continue
        passed = name
        for keyword, example in _CONTEXT.items():
            passed = passed.replace(keyword, example)
        if not _NAME.fullmatch(passed):
            yield Found(node=call.by, message=f"{call.by.path} makes backups with the name {name}.")
