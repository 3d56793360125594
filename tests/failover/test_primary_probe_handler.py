"""The function that asks the primary, against servers that answer, fail, are slow, or are somebody else."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import trustme

from tests.failover.parts import load_handler
from tests.failover.primaries import HOST, Behaviour, Primary, answers, running, says, served_by

probe = load_handler("primary_probe")
DUE = "2026-03-12T12:00:20Z"
FEW_SECONDS = {"PROBE_CONNECT_SECONDS": "0.5", "PROBE_ANSWER_SECONDS": "0.5", "PROBE_PAUSE_SECONDS": "0"}


@dataclass
class CloudWatch:
    """What was published."""

    published: list[dict[str, Any]] = field(default_factory=list)
    fault: Exception | None = None

    def put_metric_data(self, **request: Any) -> None:
        if self.fault:
            raise self.fault
        self.published.append(request)

    @property
    def values(self) -> list[int]:
        return [each["MetricData"][0]["Value"] for each in self.published]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cloud() -> CloudWatch:
    return CloudWatch()


@pytest.fixture
def start(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts primaries, and lets the environment of the function trust `authority`, as OpenSSL is told to."""
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with ExitStack() as stack:

        def primary(behave: Behaviour = answers(200), **options: Any) -> Primary:  # noqa: B008 - a plain function
            given: dict[str, Any] = {"context": served_by(authority)} | options
            return stack.enter_context(running(Primary(behave=behave, **given)))

        yield primary


@pytest.fixture
def call(cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, int]]:
    def call_handler(port: int, event: dict[str, Any] | None = None, **environment: str) -> dict[str, int]:
        given = {
            "PROBE_HOST": HOST,
            "PROBE_PORT": str(port),
            "PROBE_PATH": "/health?deep=1",
            "PROBE_ATTEMPTS": "3",
            "PROBE_PAUSE_SECONDS": "0",
            # As on AWS: a busy machine must not make a primary that answers look as if it did not.
            "PROBE_CONNECT_SECONDS": "4",
            "PROBE_ANSWER_SECONDS": "5",
            "PROBE_NAMESPACE": "constructs_lib/Failover",
            "PROBE_METRIC": "PrimaryAnswers",
            "PROBE_NAME": "Stack/Probe",
        }
        for name, value in (given | environment).items():
            monkeypatch.setenv(name, value)
        with mock.patch("boto3.client", return_value=cloud):
            answer: dict[str, int] = probe.handler(event or {"scheduled": DUE}, None)
        return answer

    return call_handler


def test_that_the_primary_answers_is_published_for_the_minute_in_which_it_was_due(
    start: Any, call: Any, cloud: CloudWatch
) -> None:
    assert call(start().port) == {"answers": 1}
    assert cloud.published == [
        {
            "Namespace": "constructs_lib/Failover",
            "MetricData": [
                {
                    "MetricName": "PrimaryAnswers",
                    "Dimensions": [{"Name": "HealthCheck", "Value": "Stack/Probe"}],
                    "Timestamp": datetime(2026, 3, 12, 12, 0, 20, tzinfo=UTC),
                    "Value": 1,
                }
            ],
        }
    ]


@pytest.mark.parametrize("event", [{"hand": "made"}, {"scheduled": "<aws.scheduler.scheduled-time>"}])
def test_called_by_hand_it_publishes_for_now(
    event: dict[str, Any], start: Any, call: Any, cloud: CloudWatch
) -> None:
    call(start().port, event)
    stamped = cloud.published[0]["MetricData"][0]["Timestamp"]

    assert abs(datetime.now(UTC) - stamped) < timedelta(seconds=30)


def test_it_asks_for_the_path_by_the_primarys_own_name(start: Any, call: Any) -> None:
    primary = start()
    call(primary.port)

    (request,) = primary.requests
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /health?deep=1 HTTP/1.1"
    assert f"Host: {HOST}:{primary.port}" in lines
    assert lines[-2:] == ["", ""]
    assert primary.names == [HOST]


def test_the_usual_port_is_not_in_the_host_header() -> None:
    made = probe.Probe(host=HOST, port=443, path="/", attempts=1, pause=0, connect=1, answer=1)

    assert b"\r\nHost: localhost\r\n" in made.request


@pytest.mark.parametrize("status", [200, 204, 301, 399])
def test_success_and_redirection_count_as_answers_and_nobody_follows(
    status: int, start: Any, call: Any, cloud: CloudWatch
) -> None:
    primary = start(answers(status))
    call(primary.port)

    assert cloud.values == [1]
    assert len(primary.requests) == 1


@pytest.mark.parametrize("status", [199, 400, 403, 429, 500, 503])
def test_no_other_status_does(status: int, start: Any, call: Any, cloud: CloudWatch) -> None:
    primary = start(answers(status))
    call(primary.port)

    assert cloud.values == [0]
    assert len(primary.requests) == 3


def late(connection: ssl.SSLSocket, _: int) -> None:
    time.sleep(1)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")


def byte_by_byte(connection: ssl.SSLSocket, _: int) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n\r\n":
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


@pytest.mark.parametrize("behave", [late, byte_by_byte])
def test_a_status_that_comes_too_late_is_none(
    behave: Behaviour, start: Any, call: Any, cloud: CloudWatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    call(start(behave).port, PROBE_ATTEMPTS="2", **FEW_SECONDS)

    assert cloud.values == [0]
    assert time.monotonic() - begun < 5  # a byte now and then does not keep it waiting
    assert "no status within 0.5 s" in caplog.text


def test_a_primary_that_never_says_a_word_does_not_answer(start: Any, call: Any, cloud: CloudWatch) -> None:
    call(start(deaf=True).port, PROBE_ATTEMPTS="2", **FEW_SECONDS)

    assert cloud.values == [0]


def test_a_primary_that_refuses_connections_does_not_answer(call: Any, cloud: CloudWatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    call(port)

    assert cloud.values == [0]


def test_a_connection_that_never_comes_is_not_waited_for(
    call: Any, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(asyncio, "open_connection", never)
    call(1, PROBE_ATTEMPTS="1", **FEW_SECONDS)

    assert cloud.values == [0]
    assert "no connection within 0.5 s" in caplog.text


@pytest.mark.parametrize("text", [b"", b"220 smtp.example.com\r\n", b"x" * 100_000, b"HTTP/1.1 2000 OK\r\n"])
def test_what_is_no_answer_of_http_does_not_count(
    text: bytes, start: Any, call: Any, cloud: CloudWatch
) -> None:
    call(start(says(text)).port)

    assert cloud.values == [0]


def expired(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, not_after=datetime.now(UTC) - timedelta(days=1)).configure_cert(context)
    return context


@pytest.mark.parametrize(
    "make",
    [
        lambda _: None,
        lambda _: served_by(trustme.CA()),
        lambda authority: served_by(authority, "other.example.com"),
        expired,
    ],
    ids=["no TLS", "another authority", "another name", "expired"],
)
def test_who_cannot_prove_to_be_the_primary_is_not(
    make: Callable[[trustme.CA], Any], authority: trustme.CA, start: Any, call: Any, cloud: CloudWatch
) -> None:
    primary = start(context=make(authority))
    call(primary.port)

    assert cloud.values == [0]
    assert primary.requests == []


def fails_at_first(connection: ssl.SSLSocket, number: int) -> None:
    answers(503 if number == 1 else 200)(connection, number)


def test_one_answer_is_enough(start: Any, call: Any, cloud: CloudWatch) -> None:
    primary = start(fails_at_first)
    call(primary.port)

    assert cloud.values == [1]
    assert len(primary.requests) == 2


def test_each_attempt_takes_the_next_address(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = mock.AsyncMock(side_effect=ConnectionRefusedError)
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("192.0.2.1", "192.0.2.2")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", mock.Mock(return_value=found))
    monkeypatch.setattr(asyncio, "open_connection", asked)
    call(443)

    assert [each.args[0] for each in asked.await_args_list] == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]


def test_attempts_are_apart(call: Any, cloud: CloudWatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    begun = time.monotonic()
    call(port, PROBE_PAUSE_SECONDS="0.3")

    assert time.monotonic() - begun >= 0.6
    assert cloud.values == [0]


def test_fails_and_publishes_nothing_where_the_name_cannot_be_looked_up(
    call: Any, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", mock.Mock(side_effect=socket.gaierror(socket.EAI_AGAIN, "x")))
    with pytest.raises(socket.gaierror):
        call(1)
    assert cloud.published == []


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EMFILE, errno.EADDRNOTAVAIL])
def test_fails_and_publishes_nothing_where_the_fault_is_its_own(
    code: int, call: Any, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "open_connection", mock.AsyncMock(side_effect=OSError(code, "here")))
    with pytest.raises(OSError, match="here"):
        call(1)
    assert cloud.published == []


def test_a_host_that_no_route_leads_to_does_not_answer(
    call: Any, cloud: CloudWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = OSError(errno.EHOSTUNREACH, "there")
    monkeypatch.setattr(asyncio, "open_connection", mock.AsyncMock(side_effect=fault))
    call(1)

    assert cloud.values == [0]


def test_fails_where_it_cannot_publish(start: Any, call: Any, cloud: CloudWatch) -> None:
    cloud.fault = RuntimeError("throttled")
    with pytest.raises(RuntimeError, match="throttled"):
        call(start().port)
