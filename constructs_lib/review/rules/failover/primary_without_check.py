from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["primary_without_check"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the record a health check of the primary (HealthCheckId; health_check in the CDK).",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html",
)
def primary_without_check(stack: StackReading) -> Iterator[Found]:
    """A primary record is always healthy, as it has no health check: it never fails over."""
    for record in records_of(stack):
        if record.failover == "PRIMARY" and not record.judged:
            alias = ", and does not evaluate the health of what it leads to" if record.alias else ""
            yield Found(
                node=record.node, message=f"{record.title} is PRIMARY and has no health check{alias}."
            )
