from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import selected
from constructs_lib.review.reading.tables import tables_of
from constructs_lib.review.rule import Found, rule

__all__ = ["table_without_recovery"]


@rule(
    severity=Severity.WARNING,
    remedy="Set PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled to true "
    "(point_in_time_recovery_specification in the CDK).",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
)
def table_without_recovery(stack: StackReading) -> Iterator[Found]:
    """A table has no point-in-time recovery: what is deleted or overwritten by mistake is gone."""
    for table in tables_of(stack):
        if table.recovers is False:
            alone = ", and nothing here backs it up" if selected(table.node) is False else ""
            yield Found(node=table.node, message=f"{table.node.path} has no point-in-time recovery{alone}.")
