from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule

__all__ = ["set_identifier_without_policy"]


@rule(
    severity=Severity.ERROR,
    remedy="Give the record its routing policy, such as Failover or Weight, or leave SetIdentifier out.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def set_identifier_without_policy(stack: StackReading) -> Iterator[Found]:
    """A record has a set identifier and no routing policy: Route 53 refuses it."""
    for record in records_of(stack):
        if record.policies == [] and record.identifier:
            yield Found(
                node=record.node,
                message=f"{record.title} has the SetIdentifier {record.identifier} and no routing policy.",
            )
