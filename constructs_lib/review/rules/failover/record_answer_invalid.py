from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, surely_has
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["record_answer_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the record either AliasTarget, or ResourceRecords and TTL.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def record_answer_invalid(stack: StackReading) -> Iterator[Found]:
    """A record has no answer, or two kinds of it: Route 53 refuses it."""
    for record in records_of(stack):
        alias, values = has(record.data, "AliasTarget"), has(record.data, "ResourceRecords")
        if surely_has(record.data, "AliasTarget") and surely_has(record.data, "ResourceRecords"):
            yield Found(node=record.node, message=f"{record.title} has AliasTarget and ResourceRecords.")
        elif not alias and not values:
            yield Found(
                node=record.node, message=f"{record.title} has neither AliasTarget nor ResourceRecords."
            )
        elif not alias and not has(record.data, "TTL"):
            yield Found(node=record.node, message=f"{record.title} has ResourceRecords and no TTL.")
