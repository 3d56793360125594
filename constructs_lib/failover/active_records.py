"""One name that leads to several endpoints at a time, and away from those that are unhealthy."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.endpoints import Endpoint
from constructs_lib.failover.health_check import check_health_check
from constructs_lib.failover.record_sets import Answer, check_group, make_records
from constructs_lib.failover.regions import REGION

__all__ = [
    "Geolocated",
    "GeolocationRecords",
    "LatencyRecords",
    "Located",
    "Weighted",
    "WeightedRecords",
]

_HEAVIEST = 255
_FEWEST, _MOST = 2, 100


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """An endpoint that gets a share of the traffic.

    Attributes:
        endpoint: where traffic goes.
        health_check: it gets none while this one is unhealthy.
        weight: 0 to 255; its share is this by the sum of all. With 0 it gets traffic only once all others are
            unhealthy.
    """

    endpoint: Endpoint
    health_check: route53.IHealthCheck
    weight: int


@dataclass(frozen=True, kw_only=True)
class Located:
    """An endpoint that gets the traffic of those whom its Region answers soonest.

    Attributes:
        endpoint: where traffic goes.
        health_check: it gets none while this one is unhealthy.
        region: the AWS Region that it is in, or is nearest to.
    """

    endpoint: Endpoint
    health_check: route53.IHealthCheck
    region: str


@dataclass(frozen=True, kw_only=True)
class Geolocated:
    """An endpoint that gets the traffic from a continent, a country or a state of the USA.

    Attributes:
        endpoint: where traffic goes.
        health_check: while this one is unhealthy, traffic goes to the next larger place that has an endpoint.
        location: the place; `GeoLocation.default()` for all others.
    """

    endpoint: Endpoint
    health_check: route53.IHealthCheck
    location: route53.GeoLocation


Member = TypeVar("Member", Weighted, Located, Geolocated)


class _ActiveRecords(Construct, Generic[Member]):
    """Records of one name, of which several are the answer at a time.

    The base of `WeightedRecords`, `LatencyRecords` and `GeolocationRecords`.

    Attributes:
        domain_name: the name in full.
        records: what was given, to the records made of it, one a type.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
    """

    _MEMBER: ClassVar[type]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: route53.IHostedZone,
        record_name: str | None,
        endpoints: Mapping[str, Member],
        ttl: cdk.Duration | None = None,
    ) -> None:
        """Make the records.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            zone: the hosted zone, with its name.
            record_name: the name within the zone, or in full; None for the zone's own name.
            endpoints: 2 to 100 endpoints by a name of your choice, which tells their records apart.
            ttl: how long resolvers keep a CNAME record. Left out: `DEFAULT_TTL_SECONDS`. Not for aliases, which have
                the TTL of what they lead to.

        Raises:
            ConfigurationError: Route 53 would refuse the records, or some traffic would get no answer.
        """
        check = Check(scope, construct_id)
        check.instance("endpoints", endpoints, Mapping)
        check.require(
            _FEWEST <= len(endpoints) <= _MOST,
            f"endpoints has {len(endpoints)}.",
            remedy=f"Give {_FEWEST} to {_MOST}: one alone has nowhere to send its traffic to.",
        )
        for name, member in endpoints.items():
            check.instance(f"endpoints[{name!r}]", member, self._MEMBER)
            check_health_check(check, f"endpoints[{name!r}].health_check", member.health_check)
        self._check_members(check, endpoints)
        answers = [
            Answer(
                identifier=name,
                endpoint=member.endpoint,
                health_check=member.health_check,
                routing=self._routing(member),
            )
            for name, member in endpoints.items()
        ]
        group = check_group(check, zone=zone, record_name=record_name, answers=answers, ttl=ttl)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.records = make_records(self, group)
        self.domain_name = group.name
        self.ttl_seconds = group.ttl_seconds

    @abstractmethod
    def _routing(self, member: Member) -> Mapping[str, Any]:
        """The keywords of CDK's `RecordSet` that say when `member` is the answer."""

    @abstractmethod
    def _check_members(self, check: Check, members: Mapping[str, Member]) -> None:
        """Fail unless `members` share all the traffic."""


class WeightedRecords(_ActiveRecords[Weighted]):
    """Records of one name whose endpoints share the traffic by weight.

    When all are unhealthy, Route 53 counts all as healthy.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html

    Attributes:
        domain_name: the name in full.
        records: what was given, to the records made of it, one a type.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
    """

    _MEMBER = Weighted

    def _routing(self, member: Weighted) -> Mapping[str, Any]:
        return {"weight": member.weight}

    def _check_members(self, check: Check, members: Mapping[str, Weighted]) -> None:
        for name, member in members.items():
            check.within(f"endpoints[{name!r}].weight", member.weight, 0, _HEAVIEST)
        check.require(
            any(is_token(member.weight) or member.weight for member in members.values()),
            "endpoints has nothing but weights of 0.",
            remedy="Give all the same weight for equal shares.",
        )


class LatencyRecords(_ActiveRecords[Located]):
    """Records of one name whose answer is the endpoint with the lowest latency for whoever asks.

    When all are unhealthy, Route 53 counts all as healthy.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html

    Attributes:
        domain_name: the name in full.
        records: what was given, to the records made of it, one a type.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
    """

    _MEMBER = Located

    def _routing(self, member: Located) -> Mapping[str, Any]:
        return {"region": member.region}

    def _check_members(self, check: Check, members: Mapping[str, Located]) -> None:
        for name, member in members.items():
            check.instance(f"endpoints[{name!r}].region", member.region, str)
            check.require(
                is_token(member.region) or REGION.fullmatch(member.region) is not None,
                f"endpoints[{name!r}].region is {member.region!r}.",
                remedy="Give an AWS Region, such as eu-west-1.",
            )
        _check_once(check, "region", [member.region for member in members.values()])


class GeolocationRecords(_ActiveRecords[Geolocated]):
    """Records of one name whose answer depends on where whoever asks is.

    While an endpoint is unhealthy, the next larger place that has one gets its traffic, in the end the default.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html

    Attributes:
        domain_name: the name in full.
        records: what was given, to the records made of it, one a type.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
    """

    _MEMBER = Geolocated

    def _routing(self, member: Geolocated) -> Mapping[str, Any]:
        return {"geo_location": member.location}

    def _check_members(self, check: Check, members: Mapping[str, Geolocated]) -> None:
        for name, member in members.items():
            check.instance(f"endpoints[{name!r}].location", member.location, route53.GeoLocation)
        places = [_place(member.location) for member in members.values()]
        _check_once(check, "location", places)
        check.require(
            _EVERYWHERE in places,
            "endpoints has no default location.",
            remedy="Whoever is nowhere that you named, or nowhere known, would get no answer, and an unhealthy "
            "endpoint has nowhere to send its traffic to: give one the location route53.GeoLocation.default().",
        )


_EVERYWHERE = "*"


def _place(location: route53.GeoLocation) -> str:
    if location.continent_code is not None:
        # The two-letter codes of continents are codes of countries as well.
        return f"continent {location.continent_code.name}"
    return "-".join(part for part in (location.country_code, location.subdivision_code) if part)


def _check_once(check: Check, what: str, values: Sequence[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    check.require(
        not twice,
        f"endpoints has the {what} {', '.join(twice)} more than once.",
        remedy="Route 53 takes one record for each.",
    )
