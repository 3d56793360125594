from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.reading.records import groups_of, records_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import policy_of

__all__ = ["failover_of_one_type"]

_OTHER: Final = {"A": "AAAA", "AAAA": "A"}


@rule(
    severity=Severity.WARNING,
    remedy="Make the records of the other type fail over, too.",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html",
)
def failover_of_one_type(stack: StackReading) -> Iterator[Found]:
    """A name fails over for one version of IP only: clients of the other stay where they are."""
    groups = groups_of(stack)
    for record in records_of(stack):
        other = _OTHER.get(record.type or "")
        if policy_of(record) != "" or other is None or record.place is None:
            continue
        if any(has(each.data, "Failover") for each in groups.get((*record.place, other), ())):
            yield Found(
                node=record.node,
                message=f"{record.title} is a simple {record.type} record, and the {other} records of its name fail "
                "over.",
            )
