from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import CLUSTER, INSTANCE

__all__ = ["database_backup_period"]

_RANGES: Final = {
    INSTANCE: (Range(keys=("BackupRetentionPeriod",), low=0, high=35),),
    CLUSTER: (Range(keys=("BackupRetentionPeriod",), low=1, high=35),),
}


@rule(
    severity=Severity.ERROR,
    remedy="Set BackupRetentionPeriod to 0 to 35 days, of a cluster to 1 to 35.",
    source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",
)
def database_backup_period(stack: StackReading) -> Iterator[Found]:
    """A database keeps automated backups for as long as RDS does not."""
    for type_, ranges in _RANGES.items():
        for node in stack.of_type(type_):
            for message in outside(node, ranges):
                yield Found(node=node, message=message)
