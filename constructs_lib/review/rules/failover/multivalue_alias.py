from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import flag_of, surely_has
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["multivalue_alias"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the record ResourceRecords and a TTL, or another routing policy, such as weighted.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def multivalue_alias(stack: StackReading) -> Iterator[Found]:
    """An alias is a multivalue answer record, of which Route 53 makes no aliases."""
    for record in records_of(stack):
        if flag_of(record.data.get("MultiValueAnswer")) and surely_has(record.data, "AliasTarget"):
            yield Found(node=record.node, message=f"{record.title} is an alias with MultiValueAnswer.")
