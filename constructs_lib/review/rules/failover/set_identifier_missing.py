from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.reading.records import POLICIES, records_of
from constructs_lib.review.rule import Found, rule

__all__ = ["set_identifier_missing"]


@rule(
    severity=Severity.ERROR,
    remedy="Give SetIdentifier a text that no other record of the name has (set_identifier in the CDK).",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def set_identifier_missing(stack: StackReading) -> Iterator[Found]:
    """A record with a routing policy has no set identifier: Route 53 refuses it."""
    for record in records_of(stack):
        if record.policies and not has(record.data, "SetIdentifier"):
            policy = POLICIES[record.policies[0]]
            yield Found(
                node=record.node, message=f"{record.title} is a {policy} record without SetIdentifier."
            )
