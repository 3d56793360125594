"""The hosted zone of a name, for stacks of several Regions."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check
from constructs_lib.failover.host_names import check_host_name, plain, zone_name_of

__all__ = ["AnyZone", "ZoneChoice"]

AnyZone = route53.IHostedZone | route53.HostedZoneAttributes | str
"""A hosted zone; or the id and name of one that is there; or its name alone, to be looked up."""
_ID: Final = "Zone"


@dataclass(frozen=True)
class ZoneChoice:
    """A hosted zone as it was given.

    Attributes:
        given: the zone.
    """

    given: AnyZone

    def name(self, check: Check) -> str:
        """The zone's name; fails unless there is one."""
        check.require(
            isinstance(self.given, str) or hasattr(self.given, "hosted_zone_id"),
            f"zone is {check.shown(self.given)}.",
            remedy="Give its name, aws_route53.HostedZoneAttributes(hosted_zone_id=..., zone_name=...), or a hosted "
            "zone.",
        )
        if not isinstance(self.given, str):
            return zone_name_of(check, self.given)
        check_host_name(check, "zone", self.given)
        return plain(self.given)

    def within(self, scope: Construct) -> route53.IHostedZone:
        """The zone for a stack; one that is imported is so below `scope`."""
        if isinstance(self.given, str):
            return route53.HostedZone.from_lookup(scope, _ID, domain_name=self.given)
        if isinstance(self.given, route53.HostedZoneAttributes):
            return route53.HostedZone.from_hosted_zone_attributes(
                scope, _ID, hosted_zone_id=self.given.hosted_zone_id, zone_name=self.given.zone_name
            )
        return self.given
