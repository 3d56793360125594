from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.records import (
    records_of,
)
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.failover.common import DOMAINS, endpoint_types, policy_of

__all__ = ["failover_edge_domain"]

_CHOOSING: Final = ("Failover", "Region", "GeoLocation", "GeoProximityLocation", "Weight")


@rule(
    severity=Severity.WARNING,
    remedy="Make the domain REGIONAL in each Region (EndpointConfiguration.Types).",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-edge-optimized-custom-domain-name.html",
)
def failover_edge_domain(stack: StackReading) -> Iterator[Found]:
    """A record chooses between Regions, and leads to an edge-optimized domain, of which a name has one in the world."""
    for record in records_of(stack):
        target = record.target
        if target is None or target.type not in DOMAINS or policy_of(record) not in _CHOOSING:
            continue
        if endpoint_types(target) == ["EDGE"]:
            yield Found(
                node=record.node, message=f"{record.title} leads to {target.path}, which is edge-optimized."
            )
