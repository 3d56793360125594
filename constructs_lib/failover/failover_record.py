"""One name that leads to a primary endpoint, and to a secondary one while the primary is unhealthy."""

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check
from constructs_lib.failover.endpoints import Endpoint
from constructs_lib.failover.health_check import check_health_check
from constructs_lib.failover.record_sets import Answer, check_group, make_records

__all__ = ["FailoverRecord"]


class FailoverRecord(Construct):
    """The failover records of one name: the answer is the primary, or the secondary while the primary is unhealthy.

    The primary always has a health check. Evaluating the target's health, which every alias here does as well, is not
    enough: an API of API Gateway counts as healthy whatever its integration answers.

    The secondary need not have one. Without it, the secondary is the answer whenever the primary is unhealthy, whatever
    its own state. With it, a secondary that is unhealthy is never the answer: then the primary is, be it healthy or
    not. So give it one where a primary that half works is better than a secondary that does not, and where you want to
    be told (`HealthCheckAlarms`); give none to a page of apology.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html

    Two aliases are made as A and AAAA records. Where either endpoint is outside AWS, both are made as CNAME records,
    since DNS allows nothing beside a CNAME.

    Attributes:
        domain_name: the name in full.
        primary: the records of the primary, one a type.
        secondary: the records of the secondary, one a type.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        record_name: str | None,
        primary: Endpoint,
        secondary: Endpoint,
        primary_health: route53.IHealthCheck,
        secondary_health: route53.IHealthCheck | None = None,
        ttl: cdk.Duration | None = None,
    ) -> None:
        """Make the records.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            zone: the hosted zone, with its name.
            record_name: the name within the zone, or in full; None for the zone's own name.
            primary: where traffic goes.
            secondary: where it goes while the primary is unhealthy.
            primary_health: decides on that. It must not ask the name of these records.
            secondary_health: the secondary is never the answer while this one is unhealthy. Left out: none.
            ttl: how long resolvers keep a CNAME record. Left out: `DEFAULT_TTL_SECONDS`. Not for aliases, which have
                the TTL of what they lead to.

        Raises:
            ConfigurationError: Route 53 would refuse the records, or they would never fail over.
        """
        check = Check(scope, construct_id)
        check_health_check(check, "primary_health", primary_health)
        halves = (
            ("primary", primary, primary_health, route53.Failover.PRIMARY),
            ("secondary", secondary, secondary_health, route53.Failover.SECONDARY),
        )
        answers = [
            Answer(identifier=name, endpoint=endpoint, health_check=health, routing={"failover": half})
            for name, endpoint, health, half in halves
        ]
        group = check_group(check, zone=zone, record_name=record_name, answers=answers, ttl=ttl)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            records = make_records(self, group)
        self.domain_name = group.name
        self.primary = records["primary"]
        self.secondary = records["secondary"]
        self.ttl_seconds = group.ttl_seconds
