"""Asking the name server the way a resolver does: UDP first, TCP for what is too long, CNAMEs followed."""

from dataclasses import dataclass
from ipaddress import IPv4Network

import dns.edns
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

_SECONDS = 5
_LONGEST_CHAIN = 8


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What a name resolves to.

    Attributes:
        status: NOERROR, NXDOMAIN, REFUSED for a name that no zone here holds, SERVFAIL.
        values: The records' values; empty where the name has none of the type.
        ttl: Seconds that the answer, also a negative one, may be kept; None when the server did not say.
        aliases: The names that CNAME records led to, in their order.
    """

    status: str
    values: tuple[str, ...] = ()
    ttl: int | None = None
    aliases: tuple[str, ...] = ()


def resolve(
    server: tuple[str, int], name: str, kind: str = "A", client: IPv4Network | None = None
) -> Resolved:
    """Ask for the records of a name, for a client in a network."""
    aliases: list[str] = []
    ttls: list[int] = []
    while len(aliases) <= _LONGEST_CHAIN:
        response = _ask(server, name, kind, client)
        status = dns.rcode.to_text(response.rcode())
        chain = list(response.answer) or list(response.authority)
        ttls += [rrset.ttl for rrset in chain]
        aliases += [
            str(r[0].target) for r in response.answer if r.rdtype == dns.rdatatype.CNAME != _type(kind)
        ]
        found = [rrset for rrset in response.answer if rrset.rdtype == _type(kind)]
        if found or not response.answer:
            values = tuple(str(rdata) for rrset in found for rdata in rrset)
            return Resolved(status=status, values=values, ttl=min(ttls, default=None), aliases=tuple(aliases))
        name = aliases[-1]
    return Resolved(status="SERVFAIL", aliases=tuple(aliases))


def _type(kind: str) -> dns.rdatatype.RdataType:
    return dns.rdatatype.from_text(kind)


def _ask(server: tuple[str, int], name: str, kind: str, client: IPv4Network | None) -> dns.message.Message:
    options: list[dns.edns.Option] = []
    if client:
        options.append(dns.edns.ECSOption(str(client.network_address), client.prefixlen))
    query = dns.message.make_query(name, kind, use_edns=0, options=options)
    response, _ = dns.query.udp_with_fallback(query, server[0], timeout=_SECONDS, port=server[1])
    return response
