from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import INSTANCE, is_part

__all__ = ["database_without_backups"]


@rule(
    severity=Severity.WARNING,
    remedy="Set BackupRetentionPeriod to at least 7 days.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
)
def database_without_backups(stack: StackReading) -> Iterator[Found]:
    """A database makes no automated backups."""
    for node in stack.of_type(INSTANCE):
        if node.number("BackupRetentionPeriod") == 0 and not is_part(node):
            yield Found(node=node, message=f"{node.path} has a BackupRetentionPeriod of 0.")
