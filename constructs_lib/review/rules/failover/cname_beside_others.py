from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.records import (
    Record,
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import sure

__all__ = ["cname_beside_others"]


@rule(
    severity=Severity.ERROR,
    remedy="Make all of them CNAME records, or none.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
)
def cname_beside_others(stack: StackReading) -> Iterator[Found]:
    """A name has a CNAME record and others, which DNS does not allow."""
    others = stack.whole.once("names-with-addresses", _others)
    for record in records_of(stack):
        first = others.get(record.place) if record.type == "CNAME" and record.place and sure(record) else None
        if first is not None:
            yield Found(
                node=record.node,
                message=f"{record.title} is a CNAME record, and {first.title} of its name is of type {first.type}.",
            )


def _others(whole: Reading) -> dict[tuple[str, ...], Record]:
    found: dict[tuple[str, ...], Record] = {}
    for each in records_of(whole):
        if each.place is not None and each.type not in (None, "CNAME") and sure(each):
            found.setdefault(each.place, each)
    return found
