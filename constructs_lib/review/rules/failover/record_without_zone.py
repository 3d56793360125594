from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, surely_has
from constructs_lib.review.reading.records import records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["record_without_zone"]


@rule(
    severity=Severity.ERROR,
    remedy="Give HostedZoneId, or else HostedZoneName.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html",
)
def record_without_zone(stack: StackReading) -> Iterator[Found]:
    """A record names no hosted zone, or names it twice: CloudFormation wants HostedZoneId or HostedZoneName."""
    for record in records_of(stack):
        found = [has(record.data, key) or record.node.has(key) for key in ("HostedZoneId", "HostedZoneName")]
        if not any(found):
            yield Found(
                node=record.node, message=f"{record.title} has neither HostedZoneId nor HostedZoneName."
            )
        elif all(found) and all(
            surely_has({**record.node.properties, **record.data}, key)
            for key in ("HostedZoneId", "HostedZoneName")
        ):
            yield Found(node=record.node, message=f"{record.title} has HostedZoneId and HostedZoneName.")
