from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.tables import table_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import calls_of

__all__ = ["export_without_recovery"]


@rule(
    severity=Severity.ERROR,
    remedy="Switch on the table's point-in-time recovery, of which an export is made.",
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html",
)
def export_without_recovery(stack: StackReading) -> Iterator[Found]:
    """A table without point-in-time recovery is to be exported: every export fails."""
    for call in calls_of(stack, "dynamodb:exportTableToPointInTime"):
        table = call.table
        if table is not None and table_of(table).recovers is False:
            yield Found(
                node=call.by,
                message=f"{call.by.path} exports {table.path}, which has no point-in-time recovery.",
            )
