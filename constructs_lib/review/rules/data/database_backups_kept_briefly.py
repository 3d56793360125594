from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import CLUSTER, INSTANCE, is_part

__all__ = ["database_backups_kept_briefly"]

_WEEK: Final = 7


@rule(
    severity=Severity.NOTE,
    remedy="Set BackupRetentionPeriod to at least 7 days.",
    source="https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html",
)
def database_backups_kept_briefly(stack: StackReading) -> Iterator[Found]:
    """A database keeps automated backups for less than a week."""
    for node in stack.of_type(INSTANCE, CLUSTER):
        days = node.number("BackupRetentionPeriod", default=1)
        if days is not None and 0 < days < _WEEK and not is_part(node):
            yield Found(node=node, message=f"{node.path} keeps automated backups for {figure(days)} days.")
