"""One probe of an endpoint: what counts as healthy, and the limits of time and size."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from local_cloud.health_checks.config import HealthCheck
from local_cloud.health_checks.probe import SEARCHED_BYTES, Observation, probe

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
HOSTS: list[str] = []


class _Endpoint(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        HOSTS.append(self.headers["Host"])
        wait, status, size, word = self.path.strip("/").split("-")
        time.sleep(float(wait))
        self.send_response(int(status))
        self.end_headers()
        self.wfile.write(b"." * int(size) + word.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with _serving() as server:
        yield server.server_port


@contextmanager
def _serving(tls: ssl.SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _probe(port: int, path: str = "/0-200-0-x", kind: str = "HTTP", **settings: Any) -> Observation:
    config = {"Type": kind, "IPAddress": "127.0.0.1", "Port": port, "ResourcePath": path, **settings}
    return asyncio.run(probe(HealthCheck.read(config), "127.0.0.1", port))


@pytest.mark.parametrize(
    ("status", "healthy"), [(200, True), (204, True), (301, True), (400, False), (503, False)]
)
def test_status_of_2xx_or_3xx_is_healthy(port: int, status: int, *, healthy: bool) -> None:
    found = _probe(port, f"0-{status}-0-")
    assert found.healthy is healthy
    assert f"HTTP Status Code {status}" in found.text


def test_answer_within_two_seconds_is_healthy_and_a_later_one_is_not(port: int) -> None:
    assert _probe(port, "/1.5-200-0-x").healthy
    assert _probe(port, "/2.5-200-0-x").text == (
        "Failure: Response timed out. The endpoint did not answer within 2 seconds."
    )


def test_string_must_appear_in_the_body_in_its_own_case(port: int) -> None:
    assert _probe(port, "/0-200-10-Healthy", "HTTP_STR_MATCH", SearchString="Healthy").healthy
    assert not _probe(port, "/0-200-10-healthy", "HTTP_STR_MATCH", SearchString="Healthy").healthy
    assert not _probe(port, "/0-500-10-Healthy", "HTTP_STR_MATCH", SearchString="Healthy").healthy


def test_string_must_appear_entirely_in_the_first_5120_bytes(port: int) -> None:
    fits = SEARCHED_BYTES - len("Healthy")
    assert SEARCHED_BYTES == 5120
    assert _probe(port, f"/0-200-{fits}-Healthy", "HTTP_STR_MATCH", SearchString="Healthy").healthy
    assert not _probe(port, f"/0-200-{fits + 1}-Healthy", "HTTP_STR_MATCH", SearchString="Healthy").healthy


def test_host_header_has_the_port_unless_it_is_the_protocols_own(port: int) -> None:
    _probe(port, FullyQualifiedDomainName="orders.example.com")
    _probe(port)
    assert HOSTS[-2:] == [f"orders.example.com:{port}", f"127.0.0.1:{port}"]
    standard = {"FullyQualifiedDomainName": "orders.example.com"}
    assert HealthCheck.read({"Type": "HTTPS", "Port": 443, **standard}).host == "orders.example.com"
    assert HealthCheck.read({"Type": "HTTPS", "Port": 80, **standard}).host == "orders.example.com:80"


def test_certificate_is_not_validated_and_sni_is_sent_unless_switched_off() -> None:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("somebody.else").configure_cert(context)
    context.sni_callback = lambda _, name, __: names.append(name)
    with _serving(context) as server:
        for sni in (True, False):
            name = "orders.example.com"
            found = _probe(server.server_port, kind="HTTPS", FullyQualifiedDomainName=name, EnableSNI=sni)
            assert found.healthy, found.text
    assert names == ["orders.example.com", None]


def test_tls_is_not_taken_for_http_nor_the_other_way_round(port: int) -> None:
    assert not _probe(port, kind="HTTPS").healthy
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("somebody.else").configure_cert(context)
    with _serving(context) as server:
        assert not _probe(server.server_port).healthy


def test_tcp_check_needs_a_connection_only(port: int) -> None:
    assert _probe(port, kind="TCP").healthy
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = _probe(closed.getsockname()[1], kind="TCP")
    assert not found.healthy
    assert "refused the connection" in found.text


def test_answer_that_is_no_http_is_unhealthy() -> None:
    """Headers must have the form of RFC 7230."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        assert not _probe(listener.getsockname()[1]).healthy


def test_path_gets_the_slash_that_it_lacks(port: int) -> None:
    assert _probe(port, "0-200-0-x").healthy
