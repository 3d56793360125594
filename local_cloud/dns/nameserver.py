"""The answer to one question, as Route 53's name servers give it: no packets yet, and no recursion beyond the zone.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import dns.exception
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rrset import RRset

from local_cloud.dns import aws_names, routing
from local_cloud.dns.records import Alias, Zone, absolute
from local_cloud.places import Place

_LOG = logging.getLogger("local_cloud.dns")
_LONGEST_CHAIN = 8


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a name server says: no `answer` where a name has no such record, and `authority` for how long."""

    code: dns.rcode.Rcode = dns.rcode.NOERROR
    answer: tuple[RRset, ...] = ()
    authority: tuple[RRset, ...] = ()
    authoritative: bool = True


REFUSED = Answer(code=dns.rcode.REFUSED, authoritative=False)
FAILED = Answer(code=dns.rcode.SERVFAIL, authoritative=False)


class Nameserver:
    """Answers from hosted zones, health checks and the names of AWS, each asked anew for every question."""

    def __init__(
        self,
        zones: Callable[[], Sequence[Zone]],
        passing: routing.Passing,
        *,
        chance: random.Random | None = None,
    ) -> None:
        self._zones = zones
        self._passing = passing
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, keeps no secret

    def ask(self, name: str, kind: str, client: Place | None = None) -> Answer:
        """The answer for a client at a place; an unknown place is nowhere."""
        name = absolute(name)
        zone = max(
            (zone for zone in self._zones() if zone.holds(name)),
            key=lambda zone: zone.name.count("."),
            default=None,
        )
        try:
            if zone:
                return self._in_zone(zone, _Question(name=name, kind=kind, client=client))
        except (routing.UnsupportedPolicyError, dns.exception.DNSException) as error:
            _LOG.warning("cannot answer %s %s: %s", name, kind, error)
            return FAILED
        address = aws_names.address(name)
        if address is None:
            return REFUSED
        return Answer(answer=_rrsets(name, kind, aws_names.TTL, [address]) if kind == "A" else ())

    def addresses(self, name: str, client: Place | None = None) -> tuple[str, ...]:
        """The IPv4 addresses of a name, following CNAMEs from zone to zone as a resolver does."""
        for _ in range(_LONGEST_CHAIN):
            answer = self.ask(name, "A", client).answer
            if not answer:
                return ()
            if answer[-1].rdtype == dns.rdatatype.A:
                return tuple(str(rdata) for rdata in answer[-1])
            name = str(answer[-1][0])
        return ()

    def _in_zone(self, zone: Zone, asked: "_Question") -> Answer:
        if referral := _referral(zone, asked.name):
            return Answer(authority=referral, authoritative=False)
        owner = _owner(zone, asked.name)
        if owner is None:
            return Answer(code=dns.rcode.NXDOMAIN, authority=_start_of_authority(zone))
        found = self._follow(zone, owner, asked)
        return Answer(answer=found, authority=() if found else _start_of_authority(zone))

    def _follow(self, zone: Zone, owner: str, asked: "_Question") -> tuple[RRset, ...]:
        """The records of `owner` under the name that was asked for, aliases and CNAMEs within the zone followed."""
        group, kind = zone.group(owner, asked.kind), asked.kind
        if not group:
            group, kind = zone.group(owner, "CNAME"), "CNAME"
        chosen = group and routing.choose(
            group, lambda record: routing.is_healthy(record, zone, self._passing), asked.client, self._chance
        )
        if not chosen or asked.steps > _LONGEST_CHAIN:
            return ()
        if alias := chosen[0].alias:
            found = self._alias(zone, alias, replace(asked, kind=kind))
        else:
            values = [value for record in chosen for value in record.values]
            found = _rrsets(asked.name, kind, chosen[0].ttl, self._chance.sample(values, len(values)))
        if kind == asked.kind or not found:
            return found
        target = absolute(str(found[-1][0]))
        further = _owner(zone, target) if zone.holds(target) and not _referral(zone, target) else None
        return found + (self._follow(zone, further, asked.about(target)) if further else ())

    def _alias(self, zone: Zone, alias: Alias, asked: "_Question") -> tuple[RRset, ...]:
        if alias.zone_id == zone.id:
            owner = _owner(zone, alias.name)
            return self._follow(zone, owner, asked.about(asked.name)) if owner else ()
        address = aws_names.address(alias.name)
        if address is None:
            raise routing.UnsupportedPolicyError(f"no AWS resource is known as {alias.name}")
        return _rrsets(asked.name, "A", aws_names.TTL, [address]) if asked.kind == "A" else ()


@dataclass(frozen=True, kw_only=True)
class _Question:
    name: str
    kind: str
    client: Place | None
    steps: int = 0

    def about(self, name: str) -> "_Question":
        """The same question one step further on."""
        return replace(self, name=name, steps=self.steps + 1)


def _rrsets(name: str, kind: str, ttl: int, values: Sequence[str]) -> tuple[RRset, ...]:
    """Names in values are complete, with or without their final dot."""
    root = dns.name.root
    return (
        (dns.rrset.from_text_list(name, ttl, "IN", kind, values, origin=root, relativize=False),)
        if values
        else ()
    )


def _referral(zone: Zone, name: str) -> tuple[RRset, ...]:
    """The name servers of a part of the zone that is delegated to others."""
    while name != zone.name:
        if group := zone.group(name, "NS"):
            return _rrsets(name, "NS", group[0].ttl, group[0].values)
        name = name.partition(".")[2]
    return ()


def _owner(zone: Zone, name: str) -> str | None:
    """The name whose records answer for a name: itself, or the wildcard below its closest existing ancestor."""
    if zone.exists(name):
        return name
    ancestor = name
    while ancestor != zone.name and not zone.exists(ancestor):
        ancestor = ancestor.partition(".")[2]
    wildcard = f"*.{ancestor}"
    return wildcard if zone.exists(wildcard) else None


def _start_of_authority(zone: Zone) -> tuple[RRset, ...]:
    """The SOA record, valid for as long as that something does not exist may be kept (RFC 2308)."""
    for record in zone.group(zone.name, "SOA"):
        minimum = int(record.values[0].split()[-1])
        return _rrsets(zone.name, "SOA", min(record.ttl, minimum), record.values)
    return ()
