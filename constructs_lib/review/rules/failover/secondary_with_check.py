from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["secondary_with_check"]


@rule(
    severity=Severity.NOTE,
    remedy="Leave the health check out where the secondary shall answer whatever its state is; keep it where a "
    "primary that half works is better.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def secondary_with_check(stack: StackReading) -> Iterator[Found]:
    """A secondary record has a health check: while that fails, Route 53 answers with the primary in any case."""
    for record in records_of(stack):
        if record.failover == "SECONDARY" and surely_has(record.data, "HealthCheckId"):
            yield Found(node=record.node, message=f"{record.title} is SECONDARY and has a health check.")
