from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["record_outside_zone"]


@rule(
    severity=Severity.ERROR,
    remedy="Write the name in full, such as www.example.com in the zone example.com.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html",
)
def record_outside_zone(stack: StackReading) -> Iterator[Found]:
    """A record's name is not in its hosted zone: Route 53 refuses it."""
    for record in records_of(stack):
        name, zone = record.name, record.zone_name
        if not name or not zone or not is_known([name, zone]):
            continue
        if name != zone and not name.endswith(f".{zone}"):
            yield Found(
                node=record.node, message=f"{record.title} has the name {name}, and its zone is {zone}."
            )
