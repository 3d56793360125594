from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    POLICIES,
    group_of,
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import policy_of, sure

__all__ = ["records_of_mixed_policies"]


@rule(
    severity=Severity.ERROR,
    remedy="Give all records of a name and type one routing policy; combine policies by aliases of other names.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def records_of_mixed_policies(stack: StackReading) -> Iterator[Found]:
    """Records of one name and type have different routing policies: Route 53 refuses the second."""
    for record in records_of(stack):
        if record.policies is not None and len(record.policies) > 1:
            both = " and ".join(record.policies)
            yield Found(
                node=record.node, message=f"{record.title} has {both}; a record has one routing policy."
            )
            continue
        first, own = group_of(record)[0], policy_of(record)
        other = policy_of(first)
        if own is not None and other is not None and own != other and sure(record, first):
            yield Found(
                node=record.node,
                message=f"{record.title} is a {_named(own)} record, and {first.title} of the same name is a "
                f"{_named(other)} one.",
            )


def _named(policy: str) -> str:
    return POLICIES.get(policy, "simple")
