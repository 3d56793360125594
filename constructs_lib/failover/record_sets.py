"""Records of one name that share the traffic or stand in for each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.endpoints import AliasEndpoint, Endpoint, check_endpoint
from constructs_lib.failover.health_check import check_health_check, probed_hosts
from constructs_lib.failover.host_names import plain, record_name_in_full

__all__ = ["DEFAULT_TTL_SECONDS", "LONGEST_TTL_SECONDS", "Answer", "Group", "check_group", "make_records"]

DEFAULT_TTL_SECONDS = 30
"""How long resolvers may keep an answer that names another host."""
LONGEST_TTL_SECONDS = 60
"""Longer ones are warned of: Route 53 recommends 60 seconds or less for records with a health check.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""
ALIAS_TTL_SECONDS = 60
"""How long resolvers keep an alias of a load balancer (same page); of others AWS gives no figure."""
_LARGEST = 2_147_483_647
_LONGEST_IDENTIFIER = 128


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One of the records of a name.

    Attributes:
        identifier: tells it from the others; also its id.
        endpoint: where traffic goes.
        health_check: it is given out while this one is healthy; None for always.
        routing: the keywords of CDK's `RecordSet` that say when it is given out.
    """

    identifier: str
    endpoint: Endpoint
    health_check: route53.IHealthCheck | None
    routing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Group:
    """All records of a name, checked.

    Attributes:
        zone: where the name is.
        name: the name in full.
        answers: the records.
        ttl: for CNAME records.
        ttl_seconds: how long resolvers keep an answer; None when it is a token.
        types: the record types, each of which has all the answers.
    """

    zone: route53.IHostedZone
    name: str
    answers: Sequence[Answer]
    ttl: cdk.Duration | None
    ttl_seconds: int | None
    types: tuple[route53.RecordType, ...]


def check_group(
    check: Check,
    *,
    zone: route53.IHostedZone,
    record_name: str | None,
    answers: Sequence[Answer],
    ttl: cdk.Duration | None,
) -> Group:
    """The group, once Route 53 can answer with each of its records.

    A name has either aliases, then both A and AAAA since clients that prefer IPv6 would never fail over otherwise, or
    CNAME records, then all of them: DNS allows nothing beside a CNAME.
    """
    name = record_name_in_full(check, zone, record_name)
    for answer in answers:
        check.require(
            is_token(answer.identifier) or 0 < len(answer.identifier) <= _LONGEST_IDENTIFIER,
            f"{answer.identifier!r} is no name of a record.",
            remedy=f"Give one of 1 to {_LONGEST_IDENTIFIER} characters.",
        )
        check_endpoint(check, answer.identifier, answer.endpoint)
        if answer.health_check is not None:
            check_health_check(check, f"the health check of {answer.identifier}", answer.health_check)
            _check_not_itself(check, answer, name)
    _check_different(check, answers)
    aliases = all(isinstance(answer.endpoint, AliasEndpoint) for answer in answers)
    if aliases:
        check.require(
            ttl is None,
            "ttl is given for aliases.",
            remedy="An alias has the TTL of what it leads to: leave it out.",
        )
        kinds = (route53.RecordType.A, route53.RecordType.AAAA)
        return Group(
            zone=zone, name=name, answers=answers, ttl=None, ttl_seconds=ALIAS_TTL_SECONDS, types=kinds
        )
    check.require(
        name != plain(zone.zone_name),
        f"{name} is the name of the zone itself, and an endpoint outside AWS needs a CNAME record.",
        remedy="DNS allows no CNAME there: use a name below it, such as www, or endpoints that have an alias target.",
    )
    check.duration("ttl", ttl, 0, _LARGEST)
    return Group(
        zone=zone,
        name=name,
        answers=answers,
        ttl=ttl or cdk.Duration.seconds(DEFAULT_TTL_SECONDS),
        ttl_seconds=_seconds(ttl),
        types=(route53.RecordType.CNAME,),
    )


def make_records(scope: Construct, group: Group) -> dict[str, list[route53.RecordSet]]:
    """The records of `group` below `scope`, by identifier."""
    if group.ttl_seconds is not None and group.ttl_seconds > LONGEST_TTL_SECONDS:
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:failover-ttl",
            f"Resolvers keep answers for {group.ttl_seconds} seconds: so long clients go on to a failed endpoint. "
            f"Route 53 recommends {LONGEST_TTL_SECONDS} or less.",
        )
    records: dict[str, list[route53.RecordSet]] = {}
    for answer in group.answers:
        home = Construct(scope, _construct_id(answer.identifier))
        target = _target(group, answer.endpoint)
        records[answer.identifier] = [_record(home, group, answer, kind, target) for kind in group.types]
    return records


def _target(group: Group, endpoint: Endpoint) -> route53.RecordTarget:
    if isinstance(endpoint, AliasEndpoint) and route53.RecordType.CNAME not in group.types:
        return route53.RecordTarget.from_alias(endpoint)
    return route53.RecordTarget.from_values(endpoint.dns_name)


def _record(
    home: Construct,
    group: Group,
    answer: Answer,
    kind: route53.RecordType,
    target: route53.RecordTarget,
) -> route53.RecordSet:
    return route53.RecordSet(
        home,
        kind.value,
        zone=group.zone,
        record_name=group.name,
        record_type=kind,
        target=target,
        ttl=group.ttl,
        health_check=answer.health_check,
        set_identifier=answer.identifier,
        **answer.routing,
    )


def _check_not_itself(check: Check, answer: Answer, name: str) -> None:
    hosts = frozenset() if answer.health_check is None else probed_hosts(answer.health_check)
    check.require(
        name not in hosts,
        f"the health check of {answer.identifier} asks {name}, the name that it decides on.",
        remedy="Its results would be those of whichever endpoint that name leads to: let it ask a name that this "
        "endpoint alone has, such as its Region's. See "
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
    )


def _check_different(check: Check, answers: Sequence[Answer]) -> None:
    seen: dict[str, dict[str, str]] = {"endpoint": {}, "health check": {}}
    for answer in answers:
        keys = {"endpoint": plain(answer.endpoint.dns_name)}
        if answer.health_check is not None:
            keys["health check"] = answer.health_check.node.path
        for what, key in keys.items():
            other = seen[what].setdefault(key, answer.identifier)
            check.require(
                other == answer.identifier,
                f"{other} and {answer.identifier} have the same {what}.",
                remedy=f"They would fail together: give each its own {what}.",
            )


def _seconds(ttl: cdk.Duration | None) -> int | None:
    if ttl is None:
        return DEFAULT_TTL_SECONDS
    return None if is_token(ttl) else int(ttl.to_seconds())


def _construct_id(identifier: str) -> str:
    return "".join(part.capitalize() for part in identifier.replace("_", "-").replace("/", "-").split("-"))
