from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_ttl_ignored"]


@rule(
    severity=Severity.WARNING,
    remedy="Leave TTL out: an alias has that of what it leads to.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def alias_ttl_ignored(stack: StackReading) -> Iterator[Found]:
    """An alias has a TTL, which Route 53 does not use."""
    for record in records_of(stack):
        if surely_has(record.data, "AliasTarget") and surely_has(record.data, "TTL"):
            yield Found(
                node=record.node, message=f"{record.title} is an alias with a TTL of {record.data['TTL']}."
            )
