"""One look at an endpoint, with the limits that a health checker has.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

import asyncio
import ssl
from dataclasses import dataclass

import h11

from local_cloud.health_checks.config import HealthCheck

CONNECT_SECONDS = 4.0
TCP_CONNECT_SECONDS = 10.0
STATUS_SECONDS = 2.0
BODY_SECONDS = 2.0
SEARCHED_BYTES = 5120

_CHUNK = 65536
_AGENT = "Amazon-Route53-Health-Check-Service (local cloud)"


@dataclass(frozen=True)
class Observation:
    """What one probe found, in the words of GetHealthCheckStatus."""

    healthy: bool
    text: str


def failed(why: str) -> Observation:
    """A probe that found the endpoint unhealthy."""
    return Observation(healthy=False, text=f"Failure: {why}")


async def probe(check: HealthCheck, address: str, port: int) -> Observation:
    """Look at the endpoint once, at this address and port."""
    limit = TCP_CONNECT_SECONDS if check.type == "TCP" else CONNECT_SECONDS
    try:
        async with asyncio.timeout(limit):
            reader, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return failed(f"Connection timed out after {limit:g} seconds.")
    except OSError as error:
        return failed(f"The endpoint refused the connection or cannot be reached: {error}")
    try:
        if check.type == "TCP":
            return Observation(healthy=True, text="Success: TCP connection established.")
        return await _ask(check, reader, writer)
    finally:
        writer.transport.abort()


async def _ask(check: HealthCheck, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Observation:
    connection = h11.Connection(h11.CLIENT)
    try:
        async with asyncio.timeout(STATUS_SECONDS):
            if check.tls:
                name = (check.name or None) if check.sni else None
                await writer.start_tls(_unverified(), server_hostname=name)
            headers = [
                ("Host", check.host),
                ("User-Agent", _AGENT),
                ("Accept", "*/*"),
                ("Connection", "close"),
            ]
            request = h11.Request(method="GET", target=check.path, headers=headers)
            writer.write(connection.send(request) + connection.send(h11.EndOfMessage()))
            response = await _response(connection, reader)
        said = f"HTTP Status Code {response.status_code}, {response.reason.decode('latin-1')}".rstrip(", ")
        if not 200 <= response.status_code < 400:  # noqa: PLR2004 - HTTP's success and redirection
            return failed(said)
        if check.search:
            return await _search(check.search.encode(), connection, reader, said)
    except TimeoutError:
        return failed(f"Response timed out. The endpoint did not answer within {STATUS_SECONDS:g} seconds.")
    except ssl.SSLError as error:
        return failed(f"SSL alert {error.reason or error}")
    except (OSError, h11.ProtocolError) as error:
        return failed(f"The endpoint's answer was cut short or is no HTTP: {error}")
    return Observation(healthy=True, text=f"Success: {said}")


async def _response(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    while not isinstance(event := connection.next_event(), h11.Response):
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
    return event


async def _search(
    wanted: bytes, connection: h11.Connection, reader: asyncio.StreamReader, said: str
) -> Observation:
    """The string must appear entirely in the first bytes of the body, which must come in time."""
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(_CHUNK))
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                if len(body) >= SEARCHED_BYTES:
                    break
    except TimeoutError:
        return failed(f"{said}. The body did not come within {BODY_SECONDS:g} seconds.")
    if wanted in body[:SEARCHED_BYTES]:
        return Observation(healthy=True, text=f"Success: {said}. The string was found.")
    return failed(f"{said}. The string is not in the first {SEARCHED_BYTES} bytes of the body.")


def _unverified() -> ssl.SSLContext:
    """Health checks do not validate certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
