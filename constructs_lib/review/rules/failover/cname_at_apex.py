from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["cname_at_apex"]


@rule(
    severity=Severity.ERROR,
    remedy="Make it an alias of type A, or use a name below it, such as www.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
)
def cname_at_apex(stack: StackReading) -> Iterator[Found]:
    """A CNAME record has the name of its zone, which DNS does not allow."""
    for record in records_of(stack):
        if record.type == "CNAME" and record.name and record.name == record.zone_name:
            yield Found(
                node=record.node, message=f"{record.title} is a CNAME record with the zone's own name."
            )
