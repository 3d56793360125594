from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["failover_ttl_long"]

_LONGEST: Final = 60


@rule(
    severity=Severity.WARNING,
    remedy="Set TTL to 60 seconds or less.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def failover_ttl_long(stack: StackReading) -> Iterator[Found]:
    """Resolvers keep a record with a health check for more than 60 s: clients go on to what has failed."""
    for record in records_of(stack):
        # Without a routing policy there is nothing else to answer with.
        if record.checked and record.policies and record.ttl is not None and record.ttl > _LONGEST:
            yield Found(node=record.node, message=f"{record.title} has a TTL of {figure(record.ttl)} s.")
