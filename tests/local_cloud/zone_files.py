"""Hosted zones without a cloud: records in the API's own words, and a name server over them."""

import random
from typing import Any

import dns.rcode

from local_cloud.dns.nameserver import Nameserver
from local_cloud.dns.records import Record, Zone
from local_cloud.places import Place

ZONE = "Z1"
SOA = "ns-1.awsdns-1.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


def a(value: str, name: str = "www.example.com", **settings: Any) -> dict[str, Any]:
    """An A record; every other one of a group needs a `SetIdentifier`, which its value gives."""
    return {
        "Name": name,
        "Type": "A",
        "TTL": 30,
        "ResourceRecords": [value],
        "SetIdentifier": value,
        **settings,
    }


def alias(
    target: str, name: str = "www.example.com", *, evaluate: bool = True, zone: str = ZONE, **settings: Any
) -> dict[str, Any]:
    """An alias record to another record of the zone, unless another zone is named."""
    to = {"HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": evaluate}
    return {"Name": name, "Type": "A", "AliasTarget": to, "SetIdentifier": target, **settings}


def nameserver(
    *records: dict[str, Any], failing: tuple[str, ...] = (), name: str = "example.com"
) -> Nameserver:
    """A name server with one zone, where these health checks fail."""
    own = [
        {"Name": name, "Type": "SOA", "TTL": 900, "ResourceRecords": [SOA]},
        {"Name": name, "Type": "NS", "TTL": 172800, "ResourceRecords": ["ns-1.awsdns-1.com."]},
    ]
    zone = Zone(ZONE, name, [Record.read(record) for record in (*own, *records)])
    return Nameserver(lambda: [zone], lambda check: check not in failing, chance=random.Random(7))  # noqa: S311


def values(
    server: Nameserver, name: str = "www.example.com", kind: str = "A", client: Place | None = None
) -> set[str]:
    """What one answer says."""
    answer = server.ask(name, kind, client)
    assert answer.code == dns.rcode.NOERROR
    return {str(rdata) for rrset in answer.answer for rdata in rrset}


def ever(server: Nameserver, name: str = "www.example.com", client: Place | None = None) -> set[str]:
    """What many answers say together."""
    return {value for _ in range(200) for value in values(server, name, "A", client)}
