from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    Record,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import HALVES, repeats

__all__ = ["failover_half_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Make one of the two records the other half, or give it another name.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def failover_half_twice(stack: StackReading) -> Iterator[Found]:
    """Two failover records of a name are the same half: Route 53 takes one PRIMARY and one SECONDARY."""
    for record, first in repeats(stack, _half):
        yield Found(node=record.node, message=f"{record.title} is {record.failover}, as {first.title} is.")


def _half(record: Record) -> str | None:
    return record.failover if record.failover in HALVES else None
