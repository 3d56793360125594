"""DNS on the wire: limits, flags, client subnets, and what is no question."""

import struct

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest

from local_cloud import places
from local_cloud.dns import server
from tests.local_cloud.zone_files import a, nameserver

CLIENTS = places.clients(
    '{"berlin": {"continent": "EU", "country": "DE", "latitude": 52.5, "longitude": 13.4}}'
)
BIG = {
    "Name": "big.example.com",
    "Type": "A",
    "TTL": 1,
    "ResourceRecords": [f"192.0.2.{number}" for number in range(100)],
}


def _send(
    query: dns.message.Message, *records: dict[str, object], limit: int | None = 4096
) -> dns.message.Message:
    packet = server.respond(nameserver(*records), query.to_wire(), limit, CLIENTS)
    assert packet is not None
    return dns.message.from_wire(packet)


def test_answer_is_authoritative_and_offers_no_recursion() -> None:
    response = _send(dns.message.make_query("www.example.com", "A"), a("192.0.2.1"))
    assert response.flags & dns.flags.AA
    assert not response.flags & dns.flags.RA
    assert response.answer[0].to_text() == "www.example.com. 30 IN A 192.0.2.1"


@pytest.mark.parametrize(
    ("edns", "payload", "limit", "cut"),
    [(None, None, 4096, True), (0, 512, 4096, True), (0, 4096, 4096, False), (None, None, None, False)],
)
def test_long_answer_is_cut_only_where_it_does_not_fit(
    edns: int | None, payload: int | None, limit: int | None, *, cut: bool
) -> None:
    query = dns.message.make_query("big.example.com", "A", use_edns=edns, payload=payload)
    response = _send(query, BIG, limit=limit)
    assert bool(response.flags & dns.flags.TC) is cut
    assert cut or len(response.answer[0]) == 100


def test_client_subnet_tells_where_the_client_is_and_comes_back_with_its_scope() -> None:
    near, far = a("192.0.2.1", Region="eu-central-1"), a("192.0.2.2", Region="us-east-1")
    network = places.subnet("berlin", CLIENTS)
    option = dns.edns.ECSOption(str(network.network_address), network.prefixlen)
    response = _send(dns.message.make_query("www.example.com", "A", use_edns=0, options=[option]), far, near)
    assert response.answer[0][0].to_text() == "192.0.2.1"
    assert [(o.srclen, o.scopelen) for o in response.options if isinstance(o, dns.edns.ECSOption)] == [
        (24, 24)
    ]


def test_every_place_has_a_network_of_its_own() -> None:
    networks = [places.subnet(name, CLIENTS) for name in CLIENTS]
    assert len(set(networks)) == len(CLIENTS) > 20
    assert [places.client_at(str(n.network_address + 9), CLIENTS) for n in networks] == list(CLIENTS.values())
    assert places.client_at("203.0.113.1", CLIENTS) is None


@pytest.mark.parametrize("kind", ["ANY", "AXFR"])
def test_neither_everything_nor_the_whole_zone_is_given_away(kind: str) -> None:
    assert _send(dns.message.make_query("example.com", kind)).rcode() == dns.rcode.NOTIMP


def test_other_classes_and_operations_are_refused() -> None:
    assert _send(dns.message.make_query("example.com", "A", "CH")).rcode() == dns.rcode.REFUSED
    query = dns.message.make_query("example.com", "A")
    query.set_opcode(dns.opcode.NOTIFY)
    assert _send(query).rcode() == dns.rcode.NOTIMP


def test_broken_packets_are_answered_as_broken_or_not_at_all() -> None:
    broken = struct.pack(">HHHHHH", 7, 0, 1, 0, 0, 0) + b"\xff\xff"
    answer = server.respond(nameserver(), broken, 512, CLIENTS)
    assert answer is not None
    assert struct.unpack(">HH", answer[:4]) == (7, dns.flags.QR | dns.rcode.FORMERR)
    assert server.respond(nameserver(), b"short", 512, CLIENTS) is None
    response = dns.message.make_response(dns.message.make_query("example.com", "A"))
    assert server.respond(nameserver(), response.to_wire(), 512, CLIENTS) is None


def test_record_with_a_value_that_is_none_fails_the_question_only() -> None:
    wrong = {**a("192.0.2.1"), "ResourceRecords": ["not an address"]}
    assert _send(dns.message.make_query("www.example.com", "A"), wrong).rcode() == dns.rcode.SERVFAIL
