from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import APIS, DOMAINS

__all__ = ["primary_health_of_api"]


@rule(
    severity=Severity.WARNING,
    remedy="Give the record a health check that asks the API by the name of its Region (HealthCheckId).",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
)
def primary_health_of_api(stack: StackReading) -> Iterator[Found]:
    """A primary record relies on the health of API Gateway, which says nothing of what the API answers."""
    for record in records_of(stack):
        if record.failover != "PRIMARY" or record.checked or record.evaluates is not True:
            continue
        if record.target is not None and record.target.type in (*DOMAINS, *APIS):
            yield Found(
                node=record.node,
                message=f"{record.title} is PRIMARY, leads to {record.target.path} of API Gateway, and has no health "
                "check.",
            )
