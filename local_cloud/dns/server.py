"""DNS on the wire: one port of 127.0.0.1, over UDP and TCP. Queries say where their client is by EDNS client subnet.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-edns0.html
"""

import logging
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from local_cloud import places
from local_cloud.dns.nameserver import FAILED, Answer, Nameserver
from local_cloud.places import Place

_LOG = logging.getLogger("local_cloud.dns")
_ADDRESS = "127.0.0.1"
_PLAIN_UDP = 512
_LARGEST_UDP = 4096
_LARGEST = 65535


def start(nameserver: Nameserver, port: int, clients: Mapping[str, Place]) -> None:
    """Answer on this port, in threads of its own, as long as the process lives."""

    def reply(packet: bytes, limit: int | None) -> bytes | None:
        return respond(nameserver, packet, limit, clients)

    for server in (_Udp(port, reply), _Tcp(port, reply)):
        threading.Thread(target=server.serve_forever, name="dns", daemon=True).start()


def respond(
    nameserver: Nameserver, packet: bytes, limit: int | None, clients: Mapping[str, Place]
) -> bytes | None:
    """The packet to send back; None for what is not DNS. Without a limit (bytes) it is as long as it has to be."""
    try:
        query = dns.message.from_wire(packet, ignore_trailing=True)
        if query.flags & dns.flags.QR:
            return None
    except dns.message.ShortHeader:
        return None
    except dns.exception.DNSException:
        return packet[:2] + struct.pack(">HHHHH", dns.flags.QR | dns.rcode.FORMERR, 0, 0, 0, 0)
    response = dns.message.make_response(query, our_payload=_LARGEST_UDP)
    subnet = next((o for o in query.options if isinstance(o, dns.edns.ECSOption)), None)
    try:
        said = _answer(nameserver, query, subnet, clients)
    except Exception:  # noqa: BLE001 - one bad record must not silence the server
        _LOG.exception("a question was not answered: %s", query.question)
        said = FAILED
    response.set_rcode(said.code)
    response.answer, response.authority = list(said.answer), list(said.authority)
    if said.authoritative:
        response.flags |= dns.flags.AA
    if subnet:
        used = dns.edns.ECSOption(subnet.address, subnet.srclen, subnet.srclen)
        response.use_edns(0, payload=_LARGEST_UDP, options=[used])
    if limit is None:
        return response.to_wire(max_size=_LARGEST)
    largest = max(_PLAIN_UDP, min(query.payload, limit)) if query.edns >= 0 else _PLAIN_UDP
    return response.to_wire(max_size=largest, prefer_truncation=True)


def _answer(
    nameserver: Nameserver, query: Any, subnet: dns.edns.ECSOption | None, clients: Mapping[str, Place]
) -> Answer:
    if query.opcode() != dns.opcode.QUERY:
        return Answer(code=dns.rcode.NOTIMP, authoritative=False)
    if len(query.question) != 1:
        return Answer(code=dns.rcode.FORMERR, authoritative=False)
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN:
        return Answer(code=dns.rcode.REFUSED, authoritative=False)
    if dns.rdatatype.is_metatype(question.rdtype):  # ANY, zone transfers
        return Answer(code=dns.rcode.NOTIMP, authoritative=False)
    client = places.client_at(subnet.address, clients) if subnet else None
    return nameserver.ask(str(question.name), dns.rdatatype.to_text(question.rdtype), client)


Reply = Callable[[bytes, int | None], bytes | None]


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, port: int, reply: Reply) -> None:
        self.reply = reply
        super().__init__((_ADDRESS, port), _UdpHandler)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        packet, socket = self.request
        if answer := self.server.reply(packet, _LARGEST_UDP):
            socket.sendto(answer, self.client_address)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, reply: Reply) -> None:
        self.reply = reply
        super().__init__((_ADDRESS, port), _TcpHandler)


class _TcpHandler(socketserver.StreamRequestHandler):
    server: _Tcp
    timeout = 10

    def handle(self) -> None:
        """Answer one query after the other; each is preceded by its length (RFC 7766)."""
        try:
            while len(head := self.rfile.read(2)) == len(b"00"):
                packet = self.rfile.read(struct.unpack(">H", head)[0])
                answer = self.server.reply(packet, None)
                if answer is None:
                    return
                self.wfile.write(struct.pack(">H", len(answer)) + answer)
        except OSError:  # the client has gone, or says nothing
            return
