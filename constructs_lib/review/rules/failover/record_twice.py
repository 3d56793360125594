from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has, is_known
from constructs_lib.review.reading.records import Record
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import policy_of, repeats

__all__ = ["record_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Remove one of the two records, or give each its own SetIdentifier and routing policy.",
    source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
)
def record_twice(stack: StackReading) -> Iterator[Found]:
    """Two records of a zone have the same name, type and set identifier: the second cannot be made."""
    for record, first in repeats(stack, _identity):
        # SAM writes a record once for each API of a domain, and CloudFormation makes one of them.
        if record.node is first.node and _may_be_one(record.data, first.data):
            continue
        named = f" and the SetIdentifier {record.identifier}" if record.identifier else ""
        yield Found(
            node=record.node,
            message=f"{record.title} has the name {record.name}{named}, as {first.title} has.",
        )


def _may_be_one(one: Any, other: Any) -> bool:
    """Whether two values may be the same: what is known of them is."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_may_be_one(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_may_be_one, one, other))
    return one == other or not (is_known(one) and is_known(other))


def _identity(record: Record) -> str | None:
    return record.identifier if has(record.data, "SetIdentifier") else _unless(policy_of(record))


def _unless(policy: str | None) -> str | None:
    """A simple record has no identifier; what lacks one otherwise is refused for that."""
    return "" if policy == "" else None
