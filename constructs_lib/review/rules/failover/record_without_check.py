from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    POLICIES,
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import policy_of

__all__ = ["record_without_check"]

_SHARING: Final = (
    "Weight",
    "Region",
    "GeoLocation",
    "GeoProximityLocation",
    "CidrRoutingConfig",
    "MultiValueAnswer",
)


@rule(
    severity=Severity.WARNING,
    remedy="Give the record a health check (HealthCheckId), or let an alias evaluate the health of what it leads "
    "to (EvaluateTargetHealth).",
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html",
)
def record_without_check(stack: StackReading) -> Iterator[Found]:
    """A record that shares traffic with others has no health check: it gets traffic when nothing answers there."""
    for record in records_of(stack):
        policy = policy_of(record)
        if policy in _SHARING and not record.judged:
            yield Found(
                node=record.node,
                message=f"{record.title} is a {POLICIES[policy]} record that is never found unhealthy.",
            )
