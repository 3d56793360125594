from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    group_of,
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import policy_of

__all__ = ["weighted_ttls_differ"]


@rule(
    severity=Severity.WARNING,
    remedy="Give all weighted records of a name the same TTL.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def weighted_ttls_differ(stack: StackReading) -> Iterator[Found]:
    """Weighted records of a name have different TTLs; Route 53 wants the same for all."""
    for record in records_of(stack):
        first = group_of(record)[0]
        if (
            policy_of(record) != "Weight"
            or policy_of(first) != "Weight"
            or record.ttl is None
            or first.ttl is None
        ):
            continue
        if record.ttl != first.ttl:
            yield Found(
                node=record.node,
                message=f"{record.title} has a TTL of {figure(record.ttl)} s, and {first.title} one of "
                f"{figure(first.ttl)} s.",
            )
